namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>How rendering goes on after a statement.</summary>
internal enum Flow
{
    /// <summary>With the next statement.</summary>
    Next,

    /// <summary>With the next turn of the loop.</summary>
    Continue,

    /// <summary>With the statement after the loop.</summary>
    Break,
}
