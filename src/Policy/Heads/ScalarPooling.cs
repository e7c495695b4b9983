namespace R1Reward.Policy.Heads;

/// <summary>How the states of a sequence become one state for a head.</summary>
public enum ScalarPooling
{
    /// <summary>A learned query attends to all tokens, with weights of its own for each head.</summary>
    Attention,

    /// <summary>The state of the last token, which has seen all others.</summary>
    Last,
}
