namespace R1Reward.Actors.Protocol;

/// <summary>
/// What a work item does on the way from the cold start through prompts, verdicts and rewards to an update.
/// </summary>
internal enum WorkStage
{
    /// <summary>The whole supervised cold start.</summary>
    ColdStart,

    /// <summary>Samples the traces of one prompt.</summary>
    Rollout,

    /// <summary>Asks the judge about one trace.</summary>
    Judge,

    /// <summary>Computes the rewards of a prompt's traces, by the terms that need no other prompt.</summary>
    Score,

    /// <summary>Computes the terms that wait for the traces of the whole batch.</summary>
    LateScore,

    /// <summary>Applies one update of the policy.</summary>
    Learn,
}
