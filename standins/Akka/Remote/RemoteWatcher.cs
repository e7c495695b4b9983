using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Remote.Transport;

namespace Akka.Remote;

/// <summary>
/// Death watch across systems. A watched system's silence ends in Terminated for every actor watched there: heartbeats
/// notice it, unless the system is a member of the cluster, where only its removal counts.
/// </summary>
internal sealed class RemoteWatcher
{
    private readonly Remoting _remoting;
    private readonly TimerLoop _loop;
    private readonly FailureDetectorSettings _settings;
    private readonly FailureDetectorRegistry _detectors;

    // Touched on the loop alone.
    private readonly Dictionary<Address, HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)>> _watched = [];
    private readonly Dictionary<Address, int> _uids = [];

    public RemoteWatcher(Remoting remoting, TimerLoop loop, FailureDetectorSettings settings, TimeSpan reaperInterval, TimeProvider time)
    {
        _remoting = remoting;
        _loop = loop;
        _settings = settings;
        _detectors = new FailureDetectorRegistry(settings, time);
        loop.Every(settings.HeartbeatInterval, SendHeartbeats);
        loop.Every(reaperInterval, ReapUnreachable);
    }

    /// <summary>Whether somebody else decides about this address's death: the cluster, for its members. Called on the loop.</summary>
    public Func<Address, bool> IsManagedElsewhere { get; set; } = _ => false;

    public void Watch(RemoteActorRef watchee, IInternalActorRef watcher)
    {
        var address = watchee.Path.Address;
        _loop.Post(() =>
        {
            if (!_watched.TryGetValue(address, out var pairs)) _watched[address] = pairs = [];
            pairs.Add((watchee, watcher));
        });
        if (!_remoting.SendWatch(SystemKind.Watch, watchee, watcher))
            _loop.Post(() => Forget(watchee, watcher, addressTerminated: true));
    }

    public void Unwatch(RemoteActorRef watchee, IInternalActorRef watcher)
    {
        _remoting.SendWatch(SystemKind.Unwatch, watchee, watcher);
        _loop.Post(() => Remove(watchee, watcher));
    }

    /// <summary>The watched actor's own system has said that it ended.</summary>
    public void Ended(IInternalActorRef watchee, IInternalActorRef watcher) => _loop.Post(() => Remove(watchee, watcher));

    /// <summary>The system at this address is gone for good. Called on the loop.</summary>
    public void AddressTerminated(Address address)
    {
        _detectors.Remove(address);
        _uids.Remove(address);
        if (!_watched.Remove(address, out var pairs)) return;
        foreach (var (watchee, watcher) in pairs)
            watcher.SendSystemMessage(new DeathWatchNotification(watchee, existenceConfirmed: false, addressTerminated: true));
    }

    /// <summary>A link to this incarnation stands; if another one was watched there, that one is gone.</summary>
    public void Associated(Address address, int uid) => _loop.Post(() =>
    {
        if (_uids.TryGetValue(address, out var known) && known != uid && !IsManagedElsewhere(address)) AddressTerminated(address);
        _uids[address] = uid;
    });

    public void Receive(Address from, bool isReply)
    {
        if (isReply) _loop.Post(() => _detectors.HeartBeat(from));
        else _remoting.SendControl(from, ControlChannel.Watch, [1]);
    }

    private void Forget(IInternalActorRef watchee, IInternalActorRef watcher, bool addressTerminated)
    {
        Remove(watchee, watcher);
        watcher.SendSystemMessage(new DeathWatchNotification(watchee, existenceConfirmed: false, addressTerminated));
    }

    private void Remove(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        var address = watchee.Path.Address;
        if (!_watched.TryGetValue(address, out var pairs)) return;
        pairs.Remove((watchee, watcher));
        if (pairs.Count > 0) return;
        _watched.Remove(address);
        _detectors.Remove(address);
    }

    private void SendHeartbeats()
    {
        foreach (var address in _watched.Keys.Where(a => !IsManagedElsewhere(a)))
        {
            _remoting.SendControl(address, ControlChannel.Watch, [0]);
            // A system that never answers has to become unavailable as well.
            if (!_detectors.IsMonitoring(address))
                _loop.After(_settings.ExpectedResponseAfter, () =>
                {
                    if (_watched.ContainsKey(address) && !_detectors.IsMonitoring(address)) _detectors.HeartBeat(address);
                });
        }
    }

    private void ReapUnreachable()
    {
        foreach (var address in _watched.Keys.Where(a => !IsManagedElsewhere(a) && !_detectors.IsAvailable(a)).ToArray())
        {
            _remoting.Log.Warning("Detected unreachable: [{0}]", address);
            _remoting.Quarantine(address, _uids.TryGetValue(address, out var uid) ? uid : null);
            AddressTerminated(address);
        }
    }
}
