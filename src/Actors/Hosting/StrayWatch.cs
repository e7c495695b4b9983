using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Hosting;

/// <summary>
/// Finds out that this node is in a cluster that lost all its seeds, which have one without it by now, and ends the
/// node: started again, it joins them.
/// </summary>
/// <remarks>
/// Seeds that are lost at the same time find nobody when they are started again, for they know of each other alone. No
/// node could ever join those that were left behind.
/// </remarks>
internal sealed class StrayWatch : ReceiveActor, IWithTimers
{
    // A seed that is only on its way to this node's own cluster is a member within a second or two.
    private const int Patience = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IReadOnlyList<string> _seeds;
    private string? _elsewhere;
    private int _times;

    /// <summary>Creates the watch; it begins at once.</summary>
    /// <param name="seeds">Addresses of the cluster's seeds.</param>
    public StrayWatch(IReadOnlyList<string> seeds)
    {
        _seeds = seeds;
        Receive<Look>(_ => LookAround());
        Receive<ClusterCommands.Members>(seen => _elsewhere = seen.Node, IsElsewhere);
        Receive<ClusterCommands.Members>(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer("look", Look.Instance, Pause);

    private bool IsElsewhere(ClusterCommands.Members seen) =>
        seen.All.Count > 0 && seen.All.All(member => member.Address != $"{_cluster.SelfAddress}");

    private void LookAround()
    {
        var hasSeed = _cluster.State.Members.Any(member => _seeds.Contains($"{member.Address}"));
        _times = hasSeed || _elsewhere is null ? 0 : _times + 1;
        if (_times == Patience)
        {
            CoordinatedShutdown.Get(Context.System).Run(new EndReason(
                $"this node's cluster has lost all its seeds, and {_elsewhere} has a cluster without it: start it "
                + "again, and it joins that one."));
        }

        _elsewhere = null;
        foreach (var seed in hasSeed ? [] : _seeds)
        {
            Context.ActorSelection($"{seed}/user/{MembershipActor.Name}").Tell(ClusterCommands.GetMembers.Instance);
        }
    }

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }
}
