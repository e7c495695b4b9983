using R1Reward.Rewards.Http;
using R1Reward.Rewards.Serving;

namespace R1Reward.Cli.Serving;

/// <summary>Options of <see cref="GrmServer"/>.</summary>
internal sealed record GrmServerOptions : JsonServerOptions
{
    /// <summary>Options with room for ten photographs of a telephone: requests of up to 64 MiB.</summary>
    public GrmServerOptions() => MaxRequestBytes = 64L << 20;

    /// <summary>The name under which the model is listed and answers.</summary>
    public required string Model { get; init; }

    /// <summary>Maximum number of tokens of a reply; also the limit where a request names none.</summary>
    public int MaxNewTokens { get; init; } = 1024;

    /// <summary>Maximum number of samples of one request, for <c>n</c> and <c>vote_k</c>.</summary>
    public int MaxSamples { get; init; } = 64;

    /// <summary>Where requests without a seed get theirs from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Whether pictures at http and https addresses are taken; the engine fetches them.</summary>
    public bool Fetches { get; init; }

    /// <inheritdoc/>
    protected override IEnumerable<string> Errors()
    {
        foreach (var error in base.Errors())
        {
            yield return error;
        }

        if (MaxNewTokens < 1)
        {
            yield return $"replies of {MaxNewTokens} tokens: use at least 1";
        }

        if (MaxSamples < 1)
        {
            yield return $"{MaxSamples} samples per request: use at least 1";
        }
    }
}
