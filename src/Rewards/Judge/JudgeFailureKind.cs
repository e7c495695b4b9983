namespace R1Reward.Rewards.Judge;

/// <summary>Why a question to the judge has no reply.</summary>
public enum JudgeFailureKind
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>No reply within <see cref="JudgeOptions.Timeout"/>.</summary>
    TimedOut,

    /// <summary>429 to the last attempt.</summary>
    RateLimited,

    /// <summary>5xx to the last attempt.</summary>
    ServerError,

    /// <summary>Every endpoint failed often of late and rests; nothing was sent.</summary>
    CircuitOpen,

    /// <summary>4xx or a redirect: wrong key, model or address. Not retried.</summary>
    Rejected,

    /// <summary>200 with a body that is no chat completion: the address is another service. Not retried.</summary>
    BadReply,
}
