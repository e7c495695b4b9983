namespace R1Reward.Actors.Protocol;

/// <summary>How a run is going, as one message.</summary>
/// <param name="RunId">The run; empty when the coordinator has none.</param>
/// <param name="Stage">The state of the coordinator's machine.</param>
/// <param name="Step">The current step of the stage, from 1; 0 before the first.</param>
/// <param name="Steps">Steps of the stage.</param>
/// <param name="Done">Items of the current sampling that are finished.</param>
/// <param name="Expected">Items of the current sampling.</param>
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
    string Message) : IWireMessage;

/// <summary>States of a run.</summary>
public enum RunStage
{
    /// <summary>No run, or one that is being read in.</summary>
    Loading,

    /// <summary>Supervised cold start.</summary>
    ColdStart,

    /// <summary>Traces are being sampled.</summary>
    Rolling,

    /// <summary>All traces are in, some rewards are not.</summary>
    Scoring,

    /// <summary>The learner applies the update.</summary>
    Learning,

    /// <summary>New weights are on their way to the rollout workers; no trace of theirs is in yet.</summary>
    Publishing,

    /// <summary>Held-out pairs are being judged.</summary>
    Evaluating,

    /// <summary>Over.</summary>
    Done,
}

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>All steps were made.</summary>
    Finished,

    /// <summary>Stopped on request; it can be taken up again.</summary>
    Stopped,

    /// <summary>A mistake that the user can mend.</summary>
    UserError,

    /// <summary>A broken invariant.</summary>
    Failed,
}
