namespace R1Reward.Bench.Kills;

/// <summary>What happens to the victims of a trial.</summary>
internal enum Fault
{
    /// <summary>Ended at once and left dead; children of `train` are started again by it.</summary>
    Kill,

    /// <summary>Ended at once and started again after two seconds.</summary>
    KillAndStartAgain,

    /// <summary>Stopped for good with SIGSTOP: the process and its connections stay.</summary>
    Freeze,

    /// <summary>Stopped with SIGSTOP for less time than makes a node count as lost.</summary>
    Pause,

    /// <summary>Ended in good order with SIGTERM, and started again as soon as it is gone.</summary>
    Restart,

    /// <summary>Ended at once in the middle of a phase of training, and left dead.</summary>
    InPhase,

    /// <summary>Cut off from all other hosts for thirty seconds.</summary>
    Part,
}
