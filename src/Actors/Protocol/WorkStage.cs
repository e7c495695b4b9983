namespace R1Reward.Actors.Protocol;

/// <summary>
/// What a work item does on the way from the cold start through prompts, verdicts and rewards to an update.
/// </summary>
internal enum WorkStage
{
    /// <summary>The whole supervised cold start.</summary>
    ColdStart,

    /// <summary>The whole training of a scalar reward model.</summary>
    Scalar,

    /// <summary>Samples the traces of one prompt.</summary>
    Rollout,

    /// <summary>Asks the judge about one trace.</summary>
    Judge,

    /// <summary>Computes the rewards of a prompt's traces, by the terms that do not wait for the batch.</summary>
    Score,

    /// <summary>
    /// Computes one prompt's terms with <c>async = off</c>, which wait until the whole batch is sampled.
    /// </summary>
    LateScore,

    /// <summary>Applies one update of the policy.</summary>
    Learn,

    /// <summary>Writes a checkpoint of the last update, which was made without one.</summary>
    Save,
}
