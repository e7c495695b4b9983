namespace R1Reward.Actors.Protocol;

/// <summary>
/// Marks every message that may cross a process boundary. The wire serializer is bound to this interface, so a message
/// without it can only be sent within a process.
/// </summary>
internal interface IWireMessage
{
}
