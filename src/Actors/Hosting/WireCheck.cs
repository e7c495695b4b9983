using Akka.Actor;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Checks at start that every wire message resolves to our serializer: a wrong binding would only be a warning and lost
/// messages.
/// </summary>
internal static class WireCheck
{
    /// <summary>Checks every message type of the wire.</summary>
    /// <exception cref="InvalidOperationException">A message would be written by another serializer.</exception>
    public static void Run(ActorSystem system)
    {
        foreach (var type in WireTypes.Messages)
        {
            var serializer = system.Serialization.FindSerializerForType(type);
            if (serializer is not WireSerializer)
            {
                throw new InvalidOperationException(
                    $"{type.Name} would be written by {serializer.GetType().Name}; "
                    + "check akka.actor.serialization-bindings");
            }
        }
    }
}
