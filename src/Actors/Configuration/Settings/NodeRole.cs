namespace R1Reward.Actors.Configuration.Settings;

/// <summary>What a process can do for a cluster.</summary>
public enum NodeRole
{
    /// <summary>May hold the coordinator.</summary>
    Coordinator,

    /// <summary>Samples traces from the policy.</summary>
    Rollout,

    /// <summary>Computes the rewards of traces.</summary>
    Reward,

    /// <summary>Asks the remote judge.</summary>
    Judge,

    /// <summary>Applies the updates of reinforcement learning.</summary>
    Learner,

    /// <summary>Runs the supervised cold start.</summary>
    Sft,

    /// <summary>Trains the scalar reward model of a run, from its first step to its last.</summary>
    Srm,
}
