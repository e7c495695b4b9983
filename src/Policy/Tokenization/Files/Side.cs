namespace R1Reward.Policy.Tokenization.Files;

/// <summary>An end of a row of tokens.</summary>
public enum Side
{
    /// <summary>Before the first token.</summary>
    Left,

    /// <summary>After the last token.</summary>
    Right,
}
