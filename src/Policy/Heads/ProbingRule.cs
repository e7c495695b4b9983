namespace R1Reward.Policy.Heads;

/// <summary>How a negative number names the layer whose states a head reads (decision D12).</summary>
public enum ProbingRule
{
    /// <summary>-1 is the last layer, after the final norm.</summary>
    LastIsMinusOne,

    /// <summary>LightRFT's: number of layers + p, so that -1 is the last layer but one.</summary>
    Published,
}
