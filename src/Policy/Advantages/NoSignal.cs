namespace R1Reward.Policy.Advantages;

/// <summary>Why nothing can be learned from a batch.</summary>
public enum NoSignal
{
    /// <summary>
    /// The rewards of all traces, as the estimator compares them, are the same: nothing is better than anything else.
    /// </summary>
    EqualRewards,

    /// <summary>All replies were cut off at the length limit.</summary>
    AllTruncated,

    /// <summary>No trace has a reward that is a number: judges or reward servers decided nothing.</summary>
    AllUndecided,

    /// <summary>The gradient of every optimiser step was exactly 0.</summary>
    NoGradient,

    /// <summary>Every optimiser step was left out because its loss or gradient was not finite.</summary>
    NotFinite,
}
