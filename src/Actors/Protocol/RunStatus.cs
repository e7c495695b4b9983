namespace R1Reward.Actors.Protocol;

/// <summary>How a run is going, as one message.</summary>
/// <param name="RunId">The run; empty when the coordinator has none.</param>
/// <param name="Stage">The state of the coordinator's machine.</param>
/// <param name="Step">The current step of the stage, from 1; 0 before the first.</param>
/// <param name="Steps">Steps of the stage.</param>
/// <param name="Done">Traces of the batch under way that have their reward.</param>
/// <param name="Expected">Traces that belong to the batch under way; 0 where there is none.</param>
/// <param name="Metrics">Latest figures by name.</param>
/// <param name="Workers">Workers by kind.</param>
/// <param name="Outcome">Null while the run goes on.</param>
/// <param name="Message">Why it ended, or what it waits for; may be empty.</param>
public sealed record RunStatus(
    string RunId,
    RunStage Stage,
    int Step,
    int Steps,
    int Done,
    int Expected,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<WorkKind, int> Workers,
    RunOutcome? Outcome,
    string Message) : IWireMessage
{
    /// <summary>The status of a coordinator that has had no run yet.</summary>
    public static RunStatus NoRun { get; } = new(
        RunId: "",
        RunStage.Loading,
        Step: 0,
        Steps: 0,
        Done: 0,
        Expected: 0,
        new Dictionary<string, double>(),
        new Dictionary<WorkKind, int>(),
        Outcome: null,
        Message: "");
}

/// <summary>States of a run.</summary>
public enum RunStage
{
    /// <summary>No run, or one that is being read in.</summary>
    Loading,

    /// <summary>The supervised cold start is under way.</summary>
    ColdStart,

    /// <summary>A scalar reward model is being trained.</summary>
    Scalar,

    /// <summary>Traces for an update are being sampled.</summary>
    Rolling,

    /// <summary>All traces are in, some rewards are not.</summary>
    Scoring,

    /// <summary>The learner applies the update.</summary>
    Learning,

    /// <summary>New weights are on their way to the rollout workers; no trace of theirs is in yet.</summary>
    Publishing,

    /// <summary>Held-out pairs are being judged.</summary>
    Evaluating,

    /// <summary>The run is over.</summary>
    Done,
}

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>All steps were made.</summary>
    Finished,

    /// <summary>Stopped on request; it can be resumed.</summary>
    Stopped,

    /// <summary>A mistake that the user can correct.</summary>
    UserError,

    /// <summary>An invariant was broken; the message has its numbers.</summary>
    Failed,
}
