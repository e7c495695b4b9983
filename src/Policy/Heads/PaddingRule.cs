namespace R1Reward.Policy.Heads;

/// <summary>The length that the rows of a batch are filled to.</summary>
public enum PaddingRule
{
    /// <summary>None: each row keeps its length.</summary>
    None,

    /// <summary>Rows are filled to the length of the longest.</summary>
    Longest,

    /// <summary>Rows are filled to <see cref="BatchOptions.MaxLength"/>.</summary>
    MaxLength,
}
