using Akka.Actor;

namespace Akka.Remote.Serialization;

/// <summary>A message inside another, by its own serializer.</summary>
internal static class NestedMessage
{
    public static void WriteNested(this BinaryWriter writer, object message, ExtendedActorSystem system)
    {
        var serializer = system.Serialization.FindSerializerFor(message);
        var bytes = serializer.ToBinary(message);
        writer.Write(serializer.Identifier);
        writer.Write(Akka.Serialization.Serialization.ManifestFor(serializer, message));
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    public static object ReadNested(this BinaryReader reader, ExtendedActorSystem system)
    {
        var id = reader.ReadInt32();
        var manifest = reader.ReadString();
        return system.Serialization.Deserialize(reader.ReadBytes(reader.ReadInt32()), id, manifest);
    }

    public static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        return stream.ToArray();
    }
}
