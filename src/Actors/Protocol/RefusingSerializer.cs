using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// Stands where Akka.NET's Newtonsoft serializer (id 1) would: that one builds whatever type a frame names. This one
/// refuses every frame and every message, so that only the closed set of <see cref="WireTypes"/> travels.
/// </summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <summary>Called by Akka.NET, which hands the settings of the serializer it replaces.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        throw new SerializationException(
            $"{obj.GetType().Name} is not a wire message; only those of WireTypes leave the process");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("frames that name their own type are refused");
}
