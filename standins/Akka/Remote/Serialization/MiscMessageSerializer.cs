using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>The runtime's own messages and refs.</summary>
public sealed class MiscMessageSerializer : SerializerWithStringManifest
{
    public MiscMessageSerializer(ExtendedActorSystem system) : base(system) { }

    public override int Identifier => 16;

    public override string Manifest(object o) => o switch
    {
        Identify => "ID",
        ActorIdentity => "AID",
        IActorRef => "AR",
        PoisonPill => "PP",
        Kill => "K",
        _ => throw new ArgumentException($"Cannot serialize object of type [{o.GetType()}] in [{GetType()}]", nameof(o)),
    };

    public override byte[] ToBinary(object obj) => NestedMessage.Bytes(w =>
    {
        switch (obj)
        {
            case Identify identify:
                w.WriteNested(identify.MessageId, system);
                break;
            case ActorIdentity identity:
                w.WriteNested(identity.MessageId, system);
                w.Write(Akka.Serialization.Serialization.SerializedActorPath(identity.Subject));
                break;
            case IActorRef actor:
                w.Write(Akka.Serialization.Serialization.SerializedActorPath(actor));
                break;
        }
    });

    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        return manifest switch
        {
            "ID" => new Identify(reader.ReadNested(system)),
            "AID" => new ActorIdentity(reader.ReadNested(system), Resolve(reader.ReadString())),
            "AR" => Resolve(reader.ReadString()),
            "PP" => PoisonPill.Instance,
            "K" => Kill.Instance,
            _ => throw new SerializationException($"Unimplemented deserialization of message with manifest [{manifest}] in [{GetType()}]"),
        };
    }

    private IActorRef Resolve(string path) => path.Length == 0 ? null : system.Provider.ResolveActorRef(path);
}
