using Akka.Actor;
using Akka.Configuration;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Options;

namespace R1Reward.Actors.Hosting;

/// <summary>Makes actor systems, with what a user may not change above the user's settings.</summary>
internal static class NodeSystem
{
    /// <summary>An actor system that can become a member of the cluster.</summary>
    public static ActorSystem CreateMember(NodeSettings settings, NodeCertificates? certificates)
    {
        var folder = settings.Roles.Any(WritesRuns) ? SharedFolder.TokenOf(settings.RunsFolder) : "";
        return Create(
            $$"""
            akka.cluster {
              roles = [{{string.Join(", ", settings.Roles.Select(EnumNames.Dashed))}}]
              app-version = "{{NodeBuild.Of(settings.Config, folder)}}"
            }
            """,
            settings.Client,
            certificates);
    }

    /// <summary>
    /// An actor system that speaks to members and is none. Answers come by the connections that it makes, so it takes
    /// any free port: a node of this machine may have the configured one.
    /// </summary>
    public static ActorSystem CreateClient(ClientSettings settings) => Create(
        "akka { actor.provider = remote, remote.dot-netty.tcp { port = 0, public-port = 0 } }",
        settings,
        settings.Tls?.Load());

    private static bool WritesRuns(NodeRole role) =>
        role is NodeRole.Coordinator or NodeRole.Learner or NodeRole.Sft or NodeRole.Srm;

    private static ActorSystem Create(string own, ClientSettings settings, NodeCertificates? certificates)
    {
        var config = ConfigurationFactory.ParseString(own).WithFallback(Fixed).WithFallback(settings.Config);
        var setup = BootstrapSetup.Create().WithConfig(config);
        var system = certificates is null
            ? ActorSystem.Create(NodeSettings.SystemName, setup)
            : ActorSystem.Create(NodeSettings.SystemName, setup.And(NodeTls.Setup(certificates)));
        WireCheck.Run(system);
        return system;
    }

    // The wire is closed, log events go to Serilog, and whom a node joins is decided here (Membership): the engine
    // would have the first seed found a cluster by itself whenever it finds none.
    private static Config Fixed { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka {
          loggers = ["{{typeof(SerilogLogger).FullName}}, {{typeof(SerilogLogger).Assembly.GetName().Name}}"]
          stdout-logger-class = "{{typeof(LateLogger).FullName}}, {{typeof(LateLogger).Assembly.GetName().Name}}"
          loglevel = INFO
          cluster.seed-nodes = []
        }
        """).WithFallback(WireConfig.Closed);
}
