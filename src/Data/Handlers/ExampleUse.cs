namespace R1Reward.Data.Handlers;

/// <summary>What examples are made for; the published loaders word them differently.</summary>
public enum ExampleUse
{
    /// <summary>A scalar model, which sees one candidate at a time.</summary>
    Scalar,

    /// <summary>Supervised training of a judge, which sees both and imitates a reply.</summary>
    Judgment,

    /// <summary>Reinforcement learning of a judge, or its evaluation.</summary>
    Reinforcement,
}
