using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Coordination;

/// <summary>One judging of held-out pairs, from which nothing is learned.</summary>
/// <param name="Name">Its name in the journal and in summary.json, for example <see cref="AfterColdStart"/> or
/// <c>step-10</c>.</param>
/// <param name="Pairs">The pairs that are judged.</param>
/// <param name="SamplesPerPair">How often each of them is judged.</param>
internal sealed record Evaluation(string Name, IReadOnlyList<PreferencePair> Pairs, int SamplesPerPair)
{
    /// <summary>The evaluation that follows the cold start.</summary>
    public const string AfterColdStart = "sft";

    /// <summary>
    /// The evaluation at the end of reinforcement learning, with as many samples of each pair as the vote wants.
    /// </summary>
    public const string AtEnd = "rl";

    /// <summary>The one after that, of the same pairs with noise in place of their pictures.</summary>
    public const string OnNoise = "noise";

    /// <summary>The evaluation that follows an update in the middle of the run.</summary>
    public static string AfterStep(int step) => $"step-{step}";
}
