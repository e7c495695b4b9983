using R1Reward.Rewards.Http;

namespace R1Reward.Rewards.Serving;

/// <summary>Options of <see cref="RewardServer"/>.</summary>
public sealed record RewardServerOptions : JsonServerOptions
{
    /// <summary>Options with room for pictures: requests of up to 256 MiB.</summary>
    public RewardServerOptions() => MaxRequestBytes = 256L * 1024 * 1024;

    /// <summary>Items of one request; more get 413. Default 4096.</summary>
    public int MaxItems { get; init; } = 4096;

    /// <inheritdoc/>
    protected override IEnumerable<string> Errors() =>
        MaxItems < 1 ? base.Errors().Append($"{MaxItems} items per request: use at least 1") : base.Errors();
}
