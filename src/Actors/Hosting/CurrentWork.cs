using Akka.Actor;

namespace R1Reward.Actors.Hosting;

/// <summary>Published on the event stream of a node when it turns to a work item, for the log to say which step that is.</summary>
/// <param name="Id">Id of the item; it begins with <c>step-N/</c> where the item belongs to an update.</param>
public sealed record CurrentWork(string Id) : INoSerializationVerificationNeeded;
