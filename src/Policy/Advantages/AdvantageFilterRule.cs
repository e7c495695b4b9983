namespace R1Reward.Policy.Advantages;

/// <summary>Which standardised advantages the Advantage Filter keeps.</summary>
public enum AdvantageFilterRule
{
    /// <summary><c>paper</c>: those within 3 deviations of 0.</summary>
    Paper,

    /// <summary><c>reference</c>: those within 3 of the raw mean and within 10 of 0, as published code does.</summary>
    Reference,

    /// <summary><c>none</c>: all of them; nothing is filtered.</summary>
    None,
}
