namespace R1Reward.Policy.Optimization;

/// <summary>Settings of <see cref="AdamW"/>; the learning rate comes with each step.</summary>
public sealed record AdamWOptions
{
    /// <summary>Decay of the running mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay per step, times the learning rate.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether norms and biases decay too; by default only matrices do.</summary>
    public bool DecayAll { get; init; }

    /// <summary>
    /// Largest norm of all gradients together; larger ones are scaled down to it. Infinite: no clipping.
    /// </summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>
    /// Whether moments, float32 weights and sums of gradients lie in the memory of the CPU, which computes the update,
    /// wherever the model is: for a bfloat16 model 16 of the 20 bytes of each trained weight. Default false.
    /// </summary>
    public bool OffLoad { get; init; }

    /// <summary>
    /// Whether several ranks sum gradients up while the backward pass still runs, not only after it. Default true; the
    /// sums are the same.
    /// </summary>
    public bool Overlaps { get; init; } = true;

    /// <summary>
    /// Bytes of sums that are exchanged at once, at least: the fewer, the earlier the first ones are on their way, and
    /// the more there are to wait for. The same on all ranks. Default 4 MiB.
    /// </summary>
    public long BucketBytes { get; init; } = 4 << 20;

    /// <summary>What each of several ranks holds a part of alone. Default: nothing.</summary>
    public Sharding Sharding { get; init; }
}
