namespace R1Reward.Policy.Tokenization;

/// <summary>To which length the rows of a batch are filled.</summary>
public enum PaddingRule
{
    /// <summary>None: each row keeps its length.</summary>
    None,

    /// <summary>That of the longest row.</summary>
    Longest,

    /// <summary><see cref="BatchOptions.MaxLength"/>.</summary>
    MaxLength,
}
