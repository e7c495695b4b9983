namespace R1Reward.Rewards.Judge;

/// <summary>How a verdict is read out of a judge's reply.</summary>
public enum ReplyReading
{
    /// <summary>
    /// <c>strict</c>: the reply is 1 or 0, blanks and a leading <c>output:</c> aside. A reply that quotes the trace is
    /// no verdict.
    /// </summary>
    Strict,

    /// <summary>
    /// <c>reference</c>: 0 where a 0 occurs anywhere, else 1 where a 1 does, as the published code reads.
    /// </summary>
    Reference,
}
