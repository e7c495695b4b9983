namespace R1Reward.Policy.Adapters;

/// <summary>Which biases of the model are trained beside the adapter.</summary>
public enum LoraBias
{
    /// <summary>No bias is trained.</summary>
    None,

    /// <summary>The biases of the adapted layers.</summary>
    LoraOnly,

    /// <summary>The biases of all linear layers.</summary>
    All,
}
