namespace R1Reward.Actors.Coordination.Records;

/// <summary>One line of the journal.</summary>
/// <param name="Epoch">The coordinator that wrote it.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Step">The update it concerns; 0 for the cold start.</param>
/// <param name="Checkpoint">A checkpoint that exists from now on, relative to the run folder.</param>
/// <param name="Evaluation">The name of a finished evaluation.</param>
public sealed record JournalEntry(int Epoch, DateTimeOffset At, JournalKind Kind, int Step = 0, string? Checkpoint = null, string? Evaluation = null);

/// <summary>What a journal line says.</summary>
public enum JournalKind
{
    /// <summary>A coordinator took over the run.</summary>
    EpochStarted,

    /// <summary>The cold start is about to begin.</summary>
    ColdStartBegun,

    /// <summary>The cold start is done.</summary>
    ColdStartDone,

    /// <summary>Sampling for an update is about to begin.</summary>
    StepBegun,

    /// <summary>An update is done.</summary>
    StepLearned,

    /// <summary>The run went back to its last checkpoint; updates after <c>Step</c> are made again.</summary>
    RolledBack,

    /// <summary>An evaluation is done.</summary>
    Evaluated,

    /// <summary>The run is over.</summary>
    Finished,
}
