using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// Turns the closed set of wire messages into JSON and back. What arrives is looked up in that set by its manifest; no
/// type name ever comes from the wire.
/// </summary>
internal sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public override int Identifier => 1371;

    /// <inheritdoc/>
    public override string Manifest(object o) => WireTypes.ManifestOf(o.GetType());

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => WireJson.Write(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        WireTypes.TypeOf(manifest) is { } type
            ? WireJson.Read(bytes, type)
            : throw new SerializationException($"unknown manifest '{manifest}' for serializer {Identifier}");
}
