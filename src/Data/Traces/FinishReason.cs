namespace R1Reward.Data.Traces;

/// <summary>Why generation of a trace ended.</summary>
public enum FinishReason
{
    /// <summary>The model wrote its end token, or a stop string matched.</summary>
    Stop,

    /// <summary>The token limit was reached first.</summary>
    Length,
}
