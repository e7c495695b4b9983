using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Which provider of refs a system uses.</summary>
public abstract class ProviderSelection
{
    private ProviderSelection(string identifier, string fqn)
    {
        Identifier = identifier;
        Fqn = fqn;
    }

    internal string Identifier { get; }
    internal string Fqn { get; }

    internal static string ClassOf(string provider) => provider switch
    {
        "local" => Local.Instance.Fqn,
        "remote" => Remote.Instance.Fqn,
        "cluster" => Cluster.Instance.Fqn,
        _ => provider
    };

    public sealed class Local : ProviderSelection
    {
        public static readonly Local Instance = new();

        private Local() : base("local", "Akka.Actor.LocalActorRefProvider, Akka") { }
    }

    public sealed class Remote : ProviderSelection
    {
        public static readonly Remote Instance = new();

        private Remote() : base("remote", "Akka.Remote.RemoteActorRefProvider, Akka.Remote") { }
    }

    public sealed class Cluster : ProviderSelection
    {
        public static readonly Cluster Instance = new();

        private Cluster() : base("cluster", "Akka.Cluster.ClusterActorRefProvider, Akka.Cluster") { }
    }
}

/// <summary>Configuration and provider of a system to be created.</summary>
public sealed class BootstrapSetup : Setup.Setup
{
    private BootstrapSetup(Option<Config> config, Option<ProviderSelection> actorRefProvider)
    {
        Config = config;
        ActorRefProvider = actorRefProvider;
    }

    public Option<Config> Config { get; }
    public Option<ProviderSelection> ActorRefProvider { get; }

    public static BootstrapSetup Create() => new(Option<Config>.None, Option<ProviderSelection>.None);
    public BootstrapSetup WithActorRefProvider(ProviderSelection name) => new(Config, new Option<ProviderSelection>(name));
    public BootstrapSetup WithConfig(Config config) => new(new Option<Config>(config), ActorRefProvider);
}
