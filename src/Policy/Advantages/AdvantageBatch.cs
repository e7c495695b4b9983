namespace R1Reward.Policy.Advantages;

/// <summary>The advantages of a whole rollout step, samples in the order given.</summary>
/// <param name="Samples">One per sample.</param>
/// <param name="Stats">Figures of the batch.</param>
public sealed record AdvantageBatch(IReadOnlyList<SampleAdvantage> Samples, AdvantageStats Stats);
