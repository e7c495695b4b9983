using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Cli.Evaluating;

/// <summary>A model that is evaluated.</summary>
internal interface IPairJudge : IDisposable
{
    /// <summary>What its results depend on.</summary>
    JObject Condition { get; }

    /// <summary>Judges pairs, a few hundred in memory at a time.</summary>
    /// <param name="pairs">The pairs, with distinct ids.</param>
    /// <param name="progress">Hears how many are finished.</param>
    /// <param name="take">Gets each result, in the order of the pairs, with its line.</param>
    /// <param name="wereShown">Whether others were shown before: then none of these need be.</param>
    /// <param name="cancel">Ends the work between two steps.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    Task JudgeAsync(
        IEnumerable<PreferencePair> pairs,
        IProgress<int> progress,
        Action<PairResult, JObject> take,
        bool wereShown,
        CancellationToken cancel);

    /// <summary>In whose words pairs are put to it; null for a scalar model.</summary>
    PromptTemplate? Template { get; }

    /// <summary>One more line about how it answered; null where there is nothing to say.</summary>
    string? Remark { get; }
}
