using System.Reflection;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Remote;
using R1Reward.Actors.Configuration.Hocon;

namespace R1Reward.Actors.Configuration.Engine;

/// <summary>
/// What Akka.NET's own reference configurations say of its keys, those of the packages that this program runs with.
/// </summary>
internal static class EngineReference
{
    // Read by the engine, though its reference configuration does not list them.
    private static readonly string[] Unlisted =
    [
        "akka.remote.dot-netty.tcp.enable-pooling",
        "akka.remote.dot-netty.tcp.log-transport",
    ];

    private static readonly Lazy<IReadOnlyList<Config>> Sources = new(() =>
    [
        Resource(typeof(ActorSystem).Assembly, "Akka.Configuration.akka.conf"),
        Resource(typeof(RemoteActorRefProvider).Assembly, "Akka.Remote.Configuration.Remote.conf"),
        Resource(typeof(Akka.Cluster.Cluster).Assembly, "Akka.Cluster.Configuration.Cluster.conf"),
        ClusterSingleton.DefaultConfig(),
    ]);

    private static readonly Lazy<IReadOnlySet<string>> AllKeys = new(() => Sources.Value
        .SelectMany(HoconTree.Leaves)
        .Concat(Unlisted)
        .Where(key => key.StartsWith("akka.", StringComparison.Ordinal))
        .ToHashSet(StringComparer.Ordinal));

    private static readonly Lazy<IReadOnlySet<string>> AllBlocks =
        new(() => Keys.SelectMany(Above).ToHashSet(StringComparer.Ordinal));

    /// <summary>Dotted paths of all keys that have a value there.</summary>
    public static IReadOnlySet<string> Keys => AllKeys.Value;

    /// <summary>Dotted paths of all blocks above these keys.</summary>
    public static IReadOnlySet<string> Blocks => AllBlocks.Value;

    /// <summary>The engine's default as it is written; empty where it has none.</summary>
    public static string Default(string key) =>
        Sources.Value.FirstOrDefault(source => source.HasPath(key))?.GetString(key) ?? "";

    /// <summary>Whether the engine's default is a list.</summary>
    public static bool IsList(string key) =>
        Sources.Value.FirstOrDefault(source => source.HasPath(key)) is { } source
        && HoconTree.IsList(source.GetValue(key));

    /// <summary>The blocks that a key lies in, from the innermost.</summary>
    public static IEnumerable<string> Above(string key)
    {
        for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
        {
            yield return key[..dot];
        }
    }

    private static Config Resource(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no resource {name}");
        return ConfigurationFactory.ParseString(new StreamReader(stream).ReadToEnd());
    }
}
