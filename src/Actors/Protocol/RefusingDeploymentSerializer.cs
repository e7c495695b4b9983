using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// Stands where Akka.NET's remote-deployment serializer (id 3) would: no peer may create actors here.
/// </summary>
internal sealed class RefusingDeploymentSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <inheritdoc/>
    public override int Identifier => 3;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException("remote deployment is off");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("remote deployment is refused");
}
