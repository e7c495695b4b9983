using Akka.Actor;
using Akka.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>A message on its way through an actor selection.</summary>
public sealed class MessageContainerSerializer : Serializer
{
    public MessageContainerSerializer(ExtendedActorSystem system) : base(system) { }

    public override int Identifier => 6;
    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        var selection = (ActorSelectionMessage)obj;
        return NestedMessage.Bytes(w =>
        {
            w.Write(selection.Elements.Count);
            foreach (var element in selection.Elements) w.Write(element);
            w.WriteNested(selection.Message, system);
        });
    }

    public override object FromBinary(byte[] bytes, Type type)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var elements = new List<string>();
        for (var left = reader.ReadInt32(); left > 0; left--) elements.Add(reader.ReadString());
        return new ActorSelectionMessage(reader.ReadNested(system), elements);
    }
}
