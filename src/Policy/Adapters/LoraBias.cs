namespace R1Reward.Policy.Adapters;

/// <summary>Which biases are trained beside the adapter.</summary>
public enum LoraBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of the adapted layers.</summary>
    LoraOnly,

    /// <summary>Those of all linear layers.</summary>
    All,
}
