using R1Reward.Data.Evaluation;
using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Actors.Protocol;

/// <summary>What came of one item. The subtypes below are the closed set that travels.</summary>
internal abstract record WorkResult;

/// <summary>The cold start is done.</summary>
/// <param name="Checkpoint">The checkpoint folder under its claimed name, relative to the run folder.</param>
/// <param name="Metrics">Final loss, tokens per second and the like.</param>
internal sealed record SftResult(string Checkpoint, IReadOnlyDictionary<string, double> Metrics) : WorkResult;

/// <summary>The scalar reward model is trained.</summary>
/// <param name="Checkpoint">The checkpoint folder, relative to the run folder.</param>
/// <param name="HeldOut">What each head finds of the held-out pairs, by its name.</param>
internal sealed record SrmResult(string Checkpoint, IReadOnlyDictionary<string, ScoreFigures> HeldOut) : WorkResult;

/// <summary>The traces of one prompt, as many as were asked for.</summary>
internal sealed record RolloutResult(IReadOnlyList<Trace> Traces) : WorkResult;

/// <summary>
/// The prompt cannot be shown, for example because a picture is damaged: the pair is left out and the run goes on.
/// </summary>
/// <param name="Reason">What is wrong, with the name of the file.</param>
internal sealed record RolloutLeftOut(string Reason) : WorkResult;

/// <summary>The judge's verdict on one trace, and what it took.</summary>
internal sealed record JudgeResult(ConsistencyVerdict Verdict, string? Reason, JudgeUse? Use = null) : WorkResult;

/// <summary>The rewards of the traces of one prompt, in the order they were given.</summary>
internal sealed record ScoreResult(IReadOnlyList<RewardBreakdown> Rewards) : WorkResult;

/// <summary>One update is done.</summary>
/// <param name="Weights">The new weights.</param>
/// <param name="Checkpoint">
/// The checkpoint folder under its claimed name, relative to the run folder, when one was written.
/// </param>
/// <param name="Metrics">Loss, gradient norm, ratios, KL and the like.</param>
internal sealed record LearnResult(
    WeightsReference Weights, string? Checkpoint, IReadOnlyDictionary<string, double> Metrics) : WorkResult
{
    /// <summary>Why nothing was learned, so that the weights are as before; null where something was.</summary>
    public NoSignal? SkippedFor { get; init; }

    /// <summary>Traces that were not learned from, for their pictures cannot be read, each with its reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>The last update, made without a checkpoint, has one.</summary>
/// <param name="Checkpoint">The checkpoint folder under its claimed name, relative to the run folder.</param>
internal sealed record SaveResult(string Checkpoint) : WorkResult;

/// <summary>
/// The weights that the work starts from are lost with the worker that held them: the run goes back to its last
/// checkpoint.
/// </summary>
internal sealed record WeightsLost(string Reason) : WorkResult;

/// <summary>
/// Of the workers that do an item together one is lost, or leaves: the others are where they were before it, or before
/// the step of it that they were in, and it is to be given out again.
/// </summary>
/// <param name="Worker">The one that is lost, as far as the sender knows.</param>
/// <param name="Reason">What was seen of it.</param>
internal sealed record LearnerLost(string Worker, string Reason) : WorkResult;

/// <summary>The work cannot be done, here or elsewhere: the run stops with this message.</summary>
/// <param name="Message">What, where, why, what to do.</param>
/// <param name="UserError">True for a mistake that the user can correct (exit code 2), false for a broken invariant
/// (exit code 5).</param>
internal sealed record WorkFailed(string Message, bool UserError) : WorkResult;

/// <summary>
/// The work stopped because the run was asked to; what it had was saved so that it can be resumed.
/// </summary>
internal sealed record WorkStopped(string? Checkpoint) : WorkResult;
