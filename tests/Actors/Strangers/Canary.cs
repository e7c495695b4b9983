using Akka.Actor;

namespace R1Reward.Actors.Tests.Strangers;

/// <summary>What must not come to life because a frame names it.</summary>
public sealed class Canary
{
    public Canary() => Woken = Environment.StackTrace;

    /// <summary>By whom one was made; null as long as none was.</summary>
    public static string? Woken { get; private set; }

    /// <summary>One that a node is asked to deploy.</summary>
    public sealed class Actor : UntypedActor
    {
        public Actor() => Woken = Environment.StackTrace;

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
