using Akka.Actor;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// Published on the event stream of a node when it turns to a work item, for the log to say which step that is.
/// </summary>
/// <param name="Id">The item.</param>
internal sealed record CurrentWork(WorkId Id) : INoSerializationVerificationNeeded;
