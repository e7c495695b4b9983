using Akka.Configuration;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// The Akka.NET settings that close the wire: our serializer for our messages, and nobody's for all else.
/// </summary>
internal static class WireConfig
{
    /// <summary>The settings that every node puts above those of its user.</summary>
    public static Config Closed { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka.actor {
          serializers {
            json = "{{NameOf<RefusingSerializer>()}}"
            proto = "{{NameOf<RefusingProtobufSerializer>()}}"
            daemon-create = "{{NameOf<RefusingDeploymentSerializer>()}}"
            r1reward = "{{NameOf<WireSerializer>()}}"
          }
          serialization-bindings {
            "System.Object" = json
            "{{NameOf<IWireMessage>()}}" = r1reward
          }
        }
        """);

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
