using R1Reward.Rollout.Sampling;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>How and where traces are sampled.</summary>
public sealed record RolloutSettings
{
    /// <summary>Device and precision of sampling.</summary>
    public required DeviceSettings Device { get; init; }

    /// <summary>How many sequences are decoded together.</summary>
    public required int MaxSequences { get; init; }

    /// <summary>How many bytes their keys and values may take.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>In how many parts they are decoded side by side; 0: as many as the cores are good for.</summary>
    public required int Parts { get; init; }

    /// <summary>Whether sampler and learner compute the same log-probabilities however they batch.</summary>
    public required bool BatchInvariant { get; init; }

    /// <summary>Sampling of training traces.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>Whether what <c>generation_config.json</c> proposes replaces <see cref="Sampling"/>.</summary>
    public required bool CheckpointDefaults { get; init; }

    /// <summary>Reads the keys under <c>r1reward.rollout</c>.</summary>
    public static RolloutSettings Read(SettingsReader reader) => new()
    {
        Device = DeviceSettings.Read(reader, "r1reward.rollout", trains: false),
        MaxSequences = reader.Whole("r1reward.rollout.max-sequences", 1),
        CacheBytes = reader.Bytes("r1reward.rollout.cache-memory"),
        Parts = reader.Whole("r1reward.rollout.parts", 0, 4096),
        BatchInvariant = reader.Flag("r1reward.rollout.batch-invariant"),
        CheckpointDefaults = reader.Flag("r1reward.rollout.checkpoint-defaults"),
        Sampling = new SamplingOptions
        {
            MaxNewTokens = reader.Whole("r1reward.rollout.max-new-tokens", 1),
            Temperature = reader.Number("r1reward.rollout.temperature", 0),
            TopP = reader.Number("r1reward.rollout.top-p", 0, 1),
            TopK = reader.Whole("r1reward.rollout.top-k", 0),
            MinP = reader.Number("r1reward.rollout.min-p", 0, 1),
            MinNewTokens = reader.Whole("r1reward.rollout.min-new-tokens", 0),
            RepetitionPenalty = reader.Number("r1reward.rollout.repetition-penalty", 0.01),
        },
    };
}
