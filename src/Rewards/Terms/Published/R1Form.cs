namespace R1Reward.Rewards.Terms.Published;

/// <summary>How a verdict becomes G of the R1 composition (decision D2).</summary>
public enum R1Form
{
    /// <summary><c>paper</c>: 1 when consistent, else 0.</summary>
    Paper,

    /// <summary><c>reference</c>: +1 consistent, -1 inconsistent, 0 undecided, as the published code pays.</summary>
    Reference,
}
