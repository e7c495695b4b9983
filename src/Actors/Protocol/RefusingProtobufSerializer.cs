using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// Stands where Akka.NET's serializer of other programs' Protobuf messages (id 2) would: that one makes an instance of
/// whatever type a frame names before it looks whether it is such a message. The engine's own messages do not use it.
/// </summary>
internal sealed class RefusingProtobufSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public override int Identifier => 2;

    /// <inheritdoc/>
    public override string Manifest(object o) => "";

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"{obj.GetType().Name} is not a wire message");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        throw new SerializationException("frames that name their own type are refused");
}
