using Akka.Configuration;

namespace R1Reward.Actors.Protocol;

/// <summary>The Akka.NET settings that close the wire: our serializer for our messages, and nobody's for all else.</summary>
public static class WireConfig
{
    /// <summary>The settings, to stand above all others.</summary>
    public static Config Closed { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka.actor {
          serializers {
            json = "{{typeof(RefusingSerializer).FullName}}, {{typeof(RefusingSerializer).Assembly.GetName().Name}}"
            daemon-create = "{{typeof(RefusingDeploymentSerializer).FullName}}, {{typeof(RefusingDeploymentSerializer).Assembly.GetName().Name}}"
            r1reward = "{{typeof(WireSerializer).FullName}}, {{typeof(WireSerializer).Assembly.GetName().Name}}"
          }
          serialization-bindings {
            "System.Object" = json
            "{{typeof(IWireMessage).FullName}}, {{typeof(IWireMessage).Assembly.GetName().Name}}" = r1reward
          }
        }
        """);
}
