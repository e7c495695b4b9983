using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>
/// The way into a cluster: ask the seed nodes, join the first that is in one; the first seed founds one itself if the
/// others do not answer in time. Repeated until a Welcome comes. Runs on the loop.
/// </summary>
internal sealed class Joining(ClusterSettings settings, Address self, ClusterDaemon daemon)
{
    private static readonly TimeSpan FirstSeedRetry = TimeSpan.FromSeconds(1);

    private ImmutableList<Address> _seeds = [];
    private ImmutableList<Address> _unanswered = [];
    private Address _target;
    private int _round;

    /// <summary>Whether a Welcome from this address is expected.</summary>
    public bool IsJoining(Address target) => _target is not null && _target == target;

    public void Seeds(ImmutableList<Address> seeds)
    {
        if (seeds.IsEmpty) return;
        _seeds = seeds;
        var first = seeds[0] == self;
        _unanswered = seeds.Remove(self);
        _target = null;
        var round = ++_round;
        if (_unanswered.IsEmpty) Join(self);
        else AskSeeds(round, first, first ? FirstSeedRetry : settings.SeedNodeTimeout, attempts: 1);
        if (!first) return;
        daemon.After(settings.SeedNodeTimeout, () =>
        {
            if (round == _round) Join(self);
        });
    }

    public void Join(Address target)
    {
        var round = ++_round;
        _target = target;
        if (target == self)
        {
            daemon.JoinSelf();
            return;
        }

        daemon.SendJoin(target);
        if (settings.RetryUnsuccessfulJoinAfter is not { } retry) return;
        daemon.After(retry, () =>
        {
            if (round != _round) return;
            if (_seeds.IsEmpty) Join(target);
            else Seeds(_seeds);
        });
    }

    public void Acknowledged(Address seed)
    {
        if (_target is null && _seeds.Contains(seed)) Join(seed);
    }

    public void Refused(Address seed)
    {
        if (_target is not null || _seeds.IsEmpty || _seeds[0] != self) return;
        _unanswered = _unanswered.Remove(seed);
        if (_unanswered.IsEmpty) Join(self);
    }

    /// <summary>In: whatever is still scheduled is void.</summary>
    public void Done()
    {
        _round++;
        _target = null;
        _seeds = [];
    }

    private void AskSeeds(int round, bool first, TimeSpan interval, int attempts)
    {
        if (attempts == 3 && !first)
            daemon.Log.Warning("Couldn't join seed nodes after [{0}] attempts, will try again. seed-nodes=[{1}]", attempts - 1, string.Join(",", _unanswered));
        foreach (var seed in _unanswered) daemon.Send(seed, new ClusterMessage.InitJoin());
        daemon.After(interval, () =>
        {
            if (round == _round) AskSeeds(round, first, interval, attempts + 1);
        });
    }
}
