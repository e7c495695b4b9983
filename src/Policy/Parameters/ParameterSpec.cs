namespace R1Reward.Policy.Parameters;

/// <summary>One named weight before it exists.</summary>
/// <param name="Name">The HF tensor name.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Start">What a fresh weight holds.</param>
public sealed record ParameterSpec(string Name, long[] Shape, ParameterStart Start)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether weight decay applies: matrices decay, norms and biases do not.</summary>
    public bool Decays => Shape.Length >= 2;
}

/// <summary>What a fresh weight holds.</summary>
public enum ParameterStart
{
    /// <summary>Zeros: biases.</summary>
    Zeros,

    /// <summary>Ones: norms.</summary>
    Ones,

    /// <summary>Normal numbers of the configured deviation: matrices.</summary>
    Normal,

    /// <summary>Normal numbers, smaller by the root of twice the layer count: matrices that write into the residual stream.</summary>
    ResidualNormal,
}
