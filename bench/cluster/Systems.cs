using Akka.Actor;
using Akka.Configuration;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Protocol;

namespace R1Reward.Bench.Ways;

/// <summary>Actor systems with the settings of a node.</summary>
internal static class Systems
{
    /// <summary>A system that speaks to others and is no member of any cluster.</summary>
    public static ActorSystem Remote() => Create("akka { loglevel = WARNING, actor.provider = remote }");

    /// <summary>A system that is a cluster of its own.</summary>
    public static ActorSystem Member() => Create("akka.loglevel = WARNING");

    private static ActorSystem Create(string own) => ActorSystem.Create(
        "bench",
        ConfigurationFactory.ParseString(own).WithFallback(WireConfig.Closed).WithFallback(Configurations.Reference));
}
