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

    /// <summary>
    /// A wrong key, model, address or account: 401, 404, a redirect, 4xx to a plain question. Not retried.
    /// </summary>
    Rejected,

    /// <summary>A body that is no chat completion, to a plain question too: another service. Not retried.</summary>
    BadReply,

    /// <summary>
    /// This question is refused while others are answered: too long, against a policy, an error inside a reply. Not
    /// retried.
    /// </summary>
    Refused,

    /// <summary>
    /// A completion without text: the limit of tokens was spent on reasoning, or the model refused. Not retried.
    /// </summary>
    NoText,
}
