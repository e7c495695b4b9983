using Akka.Configuration;

namespace Akka.Cluster;

/// <summary>`akka.cluster.split-brain-resolver`.</summary>
/// <param name="DownAllWhenUnstable">Zero if off.</param>
internal sealed record DowningSettings(DowningStrategy Strategy, TimeSpan StableAfter, TimeSpan DownAllWhenUnstable)
{
    public static DowningSettings From(Config config)
    {
        var stableAfter = config.GetTimeSpan("stable-after");
        return new DowningSettings(StrategyFrom(config), stableAfter, UnstableFrom(config, stableAfter));
    }

    private static TimeSpan UnstableFrom(Config config, TimeSpan stableAfter) => config.GetString("down-all-when-unstable").ToLowerInvariant() switch
    {
        "off" or "false" => TimeSpan.Zero,
        "on" or "true" => TimeSpan.FromSeconds(Math.Max(4, stableAfter.TotalSeconds * 3 / 4)),
        _ => config.GetTimeSpan("down-all-when-unstable"),
    };

    private static DowningStrategy StrategyFrom(Config config)
    {
        var name = config.GetString("active-strategy");
        var role = config.GetString($"{name}.role") ?? "";
        return name switch
        {
            "keep-majority" => new KeepMajority(role),
            "static-quorum" => new StaticQuorum(QuorumSize(config), role),
            "keep-oldest" => new KeepOldest(config.GetBoolean("keep-oldest.down-if-alone"), role),
            "down-all" => new DownAllNodes(),
            _ => throw new ConfigurationException(
                $"akka.cluster.split-brain-resolver.active-strategy = [{name}]: this engine knows keep-majority, static-quorum, keep-oldest and down-all"),
        };
    }

    private static int QuorumSize(Config config) => int.TryParse(config.GetString("static-quorum.quorum-size"), out var size) && size > 0
        ? size
        : throw new ConfigurationException("akka.cluster.split-brain-resolver.static-quorum.quorum-size must be set to a positive number");
}
