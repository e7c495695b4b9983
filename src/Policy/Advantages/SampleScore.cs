namespace R1Reward.Policy.Advantages;

/// <summary>One scored trace, as the advantages are computed from it. All arrays have one entry per sampled token.</summary>
public sealed record SampleScore
{
    /// <summary>Identity of the trace, for messages.</summary>
    public required string Id { get; init; }

    /// <summary>Samples of one prompt share it; see <see cref="GroupShaping"/>.</summary>
    public required string Group { get; init; }

    /// <summary>The sequence reward; not read where <see cref="Terms"/> take its place.</summary>
    public required double Reward { get; init; }

    /// <summary>The terms of the reward, one per weight of <see cref="AdvantageOptions.TermWeights"/>; NaN: the term gave no number.</summary>
    public ReadOnlyMemory<double> Terms { get; init; }

    /// <summary>Whether sampling was cut off at the length limit.</summary>
    public bool Truncated { get; init; }

    /// <summary>Log-probabilities of the sampled tokens under the policy that sampled them.</summary>
    public required ReadOnlyMemory<float> LogProbs { get; init; }

    /// <summary>Log-probabilities of the same tokens under the frozen reference.</summary>
    public required ReadOnlyMemory<float> ReferenceLogProbs { get; init; }

    /// <summary>The critic's value before each token; needed by <see cref="AdvantageEstimator.Gae"/> only.</summary>
    public ReadOnlyMemory<float> Values { get; init; }
}
