namespace R1Reward.Actors.Configuration.Settings;

/// <summary>What the cold start and reinforcement learning share.</summary>
/// <param name="Length">How long the stage trains.</param>
/// <param name="MicroBatchTokens">Tokens of one forward pass, padding included.</param>
/// <param name="GradientCheckpointing">
/// Whether activations are computed again in the backward pass instead of kept.
/// </param>
/// <param name="LearningRate">At the top of the schedule.</param>
/// <param name="Floor">Share of it that the cosine falls to.</param>
/// <param name="Warmup">Share of the steps that warm up.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="MaxGradientNorm">Norm that gradients are clipped to.</param>
/// <param name="OffLoad">Whether the optimiser lies in the memory of the CPU.</param>
public sealed record OptimizerSettings(
    TrainingLength Length,
    int MicroBatchTokens,
    bool GradientCheckpointing,
    double LearningRate,
    double Floor,
    double Warmup,
    double WeightDecay,
    double MaxGradientNorm,
    bool OffLoad)
{
    /// <summary>Steps of the stage: batches of pairs, or updates of reinforcement learning.</summary>
    public int Steps => Length.Steps;

    /// <summary>Reads the keys under a section.</summary>
    public static OptimizerSettings Read(SettingsReader reader, string section, int leastSteps) => new(
        TrainingLength.Read(reader, section, leastSteps),
        reader.Whole(section + ".micro-batch-tokens", 16),
        reader.Flag(section + ".gradient-checkpointing"),
        reader.Number(section + ".learning-rate", 0, 1),
        reader.Number(section + ".learning-rate-floor", 0, 1),
        reader.Number(section + ".warmup", 0, 1),
        reader.Number(section + ".weight-decay", 0, 1),
        reader.Number(section + ".max-gradient-norm", 1e-6),
        reader.Flag(section + ".optimizer-off-load"));
}
