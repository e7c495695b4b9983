using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// Downs one side of a partition once it has been stable for stable-after; on the leader of each side. If things keep
/// changing for longer (down-all-when-unstable), everybody.
/// </summary>
internal sealed class SplitBrainResolver
{
    private readonly DowningSettings _settings;
    private readonly TimeProvider _time;
    private DateTimeOffset _lastChange;
    private DateTimeOffset? _unstableSince;

    public SplitBrainResolver(DowningSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _lastChange = time.GetUtcNow();
    }

    public void Notice(ClusterEvent.IClusterDomainEvent change, MembershipState state)
    {
        if (change is ClusterEvent.UnreachableMember or ClusterEvent.ReachableMember or ClusterEvent.MemberDowned or ClusterEvent.MemberUp or ClusterEvent.MemberExited)
            _lastChange = _time.GetUtcNow();
        if (change is ClusterEvent.UnreachableMember or ClusterEvent.ReachableMember or ClusterEvent.MemberDowned)
            _unstableSince ??= _lastChange;
        if (state.Members.All(m => !state.Unreachable.Contains(m.UniqueAddress) || m.Status is MemberStatus.Down or MemberStatus.Exiting))
            _unstableSince = null;
    }

    /// <summary>Whom to down now, this node last; usually nobody.</summary>
    public (Decision Decision, ImmutableHashSet<UniqueAddress> Nodes)? Tick(MembershipState state)
    {
        var now = _time.GetUtcNow();
        var partition = Partition.Of(state);
        var isUnstable = _settings.DownAllWhenUnstable > TimeSpan.Zero && now - _unstableSince > _settings.StableAfter + _settings.DownAllWhenUnstable;
        if (!isUnstable)
        {
            var isResponsible = state.IsLeader && state.SelfMember is { Status: not MemberStatus.Joining };
            if (!isResponsible || partition.Unreachable.IsEmpty || now - _lastChange < _settings.StableAfter) return null;
        }

        var decision = isUnstable ? Decision.DownAll : _settings.Strategy.Decide(partition);
        var nodes = _settings.Strategy.NodesToDown(decision, partition);
        if (nodes.IsEmpty) return null;
        _lastChange = now;
        _unstableSince = null;
        return (decision, nodes);
    }
}
