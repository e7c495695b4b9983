namespace R1Reward.Policy.Parameters;

/// <summary>What a fresh weight holds before training.</summary>
public enum ParameterStart
{
    /// <summary>Zeros, as for biases.</summary>
    Zeros,

    /// <summary>Ones, as for norms.</summary>
    Ones,

    /// <summary>Normal numbers of the configured deviation, as for matrices.</summary>
    Normal,

    /// <summary>
    /// Normal numbers whose deviation is divided by the root of twice the number of layers (Radford et al. 2019,
    /// GPT-2): matrices that write into the residual stream.
    /// </summary>
    ResidualNormal,

    /// <summary>A table of sines and cosines of positions, which training leaves as it is.</summary>
    Sinusoids,
}
