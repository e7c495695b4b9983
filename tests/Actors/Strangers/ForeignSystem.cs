using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Hosting;

namespace R1Reward.Actors.Tests.Strangers;

/// <summary>
/// An actor system of another program that was given a certificate of the cluster, with the engine's own serializers.
/// </summary>
internal sealed class ForeignSystem : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly Address _target;

    private ForeignSystem(ActorSystem system, Address target) => (_system, _target) = (system, target);

    public static ForeignSystem Start(EncryptedCluster cluster)
    {
        var own = Stranger.Certificate("right", cluster.Authority)!;
        var certificates = new NodeCertificates(own, new PinnedCertificates(cluster.Authority.Certificate));
        var config = ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor {
                provider = remote
                serializers.forged = "{{typeof(ForgedSerializer).AssemblyQualifiedName}}"
                serialization-bindings { "{{typeof(Forged).AssemblyQualifiedName}}" = forged }
              }
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = on }
            }
            """);
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), NodeTls.Setup(certificates));
        return new ForeignSystem(ActorSystem.Create(cluster.Address.System, setup), cluster.Address);
    }

    /// <summary>Sends a message to the actor that all of a cluster's messages for its coordinator go through.</summary>
    public async Task SendAsync(object message)
    {
        var proxy = await _system.ActorSelection($"{_target}/user/proxy").ResolveOne(TimeSpan.FromSeconds(10));
        proxy.Tell(message);
    }

    /// <summary>Asks the cluster's node to create an actor for it.</summary>
    public void Deploy() => _system.ActorOf(
        Props.Create(() => new Canary.Actor()).WithDeploy(new Deploy(new RemoteScope(_target))), "canary");

    public async ValueTask DisposeAsync() => await _system.Terminate();

    /// <summary>Bytes under the id and the manifest of a serializer.</summary>
    public sealed record Forged(int Id, string Manifest, byte[] Bytes);

    /// <summary>Writes what it is told to, under the identity of another serializer.</summary>
    public sealed class ForgedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        // The engine reads the identity after it has called for the manifest, on the same thread.
        [ThreadStatic]
        private static int _id;

        public override int Identifier => _id == 0 ? 999 : _id;

        public override string Manifest(object o) => ((Forged)o).Manifest;

        public override byte[] ToBinary(object obj)
        {
            _id = ((Forged)obj).Id;
            return ((Forged)obj).Bytes;
        }

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }
}
