namespace R1Reward.Actors.Coordination.Records;

/// <summary>What a journal line says.</summary>
internal enum JournalKind
{
    /// <summary>A coordinator took over the run.</summary>
    EpochStarted,

    /// <summary>The cold start is about to begin.</summary>
    ColdStartBegun,

    /// <summary>The cold start is done.</summary>
    ColdStartDone,

    /// <summary>The training of a scalar reward model is about to begin.</summary>
    ScalarBegun,

    /// <summary>The scalar reward model is trained.</summary>
    ScalarDone,

    /// <summary>The traces of an update are about to be sampled.</summary>
    StepBegun,

    /// <summary>An update is done.</summary>
    StepLearned,

    /// <summary>An update that was made without a checkpoint has one.</summary>
    StepSaved,

    /// <summary>The run goes on from its last checkpoint; updates after <c>Step</c> are made again.</summary>
    RolledBack,

    /// <summary>An evaluation is done.</summary>
    Evaluated,

    /// <summary>The run is over.</summary>
    Finished,
}
