using Akka.Actor;

namespace R1Reward.Actors.Protocol;

/// <summary>Published on the event stream of a node when it begins to work for a run.</summary>
/// <param name="Folder">The run's folder, which is called like the run.</param>
internal sealed record RunJoined(string Folder) : INoSerializationVerificationNeeded;
