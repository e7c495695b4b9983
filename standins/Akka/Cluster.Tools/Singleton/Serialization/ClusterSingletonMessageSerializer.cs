using Akka.Actor;
using Akka.Serialization;
using System.Runtime.Serialization;

namespace Akka.Cluster.Tools.Singleton.Serialization;

public sealed class ClusterSingletonMessageSerializer : SerializerWithStringManifest
{
    public ClusterSingletonMessageSerializer(ExtendedActorSystem system) : base(system) { }

    public override int Identifier => 14;

    public override string Manifest(object o) => o switch
    {
        HandOverToMe => "A",
        HandOverInProgress => "B",
        HandOverDone => "C",
        TakeOverFromMe => "D",
        _ => throw new ArgumentException($"Cannot serialize object of type [{o.GetType()}] in [{GetType()}]", nameof(o)),
    };

    public override byte[] ToBinary(object obj) => [];

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        "A" => HandOverToMe.Instance,
        "B" => HandOverInProgress.Instance,
        "C" => HandOverDone.Instance,
        "D" => TakeOverFromMe.Instance,
        _ => throw new SerializationException($"Unimplemented deserialization of message with manifest [{manifest}] in [{GetType()}]"),
    };
}
