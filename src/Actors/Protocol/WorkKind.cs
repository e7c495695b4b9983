namespace R1Reward.Actors.Protocol;

/// <summary>The kinds of work that the coordinator gives out; each is done by the workers of one role.</summary>
public enum WorkKind
{
    /// <summary>Cold start: supervised training on judgments (role <c>sft</c>).</summary>
    Sft,

    /// <summary>Training of a scalar reward model on ranked pairs (role <c>srm</c>).</summary>
    Srm,

    /// <summary>Sampling traces for one prompt (role <c>rollout</c>).</summary>
    Rollout,

    /// <summary>Asking the remote judge whether a trace's analysis supports its answer (role <c>judge</c>).</summary>
    Judge,

    /// <summary>Turning a trace and its verdict into a reward (role <c>reward</c>).</summary>
    Score,

    /// <summary>One reinforcement update over a whole batch (role <c>learner</c>).</summary>
    Learn,
}
