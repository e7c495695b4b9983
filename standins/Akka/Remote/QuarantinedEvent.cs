using Akka.Actor;

namespace Akka.Remote;

/// <summary>Raised when this system stops talking to one incarnation of another for good.</summary>
public sealed class QuarantinedEvent(Address address, int uid)
{
    public Address Address { get; } = address;
    public int Uid { get; } = uid;
    public override string ToString() => $"Association to [{Address}] having UID [{Uid}] is irrecoverably failed. UID is now quarantined and all messages to this UID will be delivered to dead letters.";
}
