using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>
/// Forwards to the singleton wherever it runs. While it knows none it keeps messages, the oldest of which give way; what
/// goes to an instance that has just crashed is lost.
/// </summary>
public static class ClusterSingletonProxy
{
    public static Props Props(string singletonManagerPath, ClusterSingletonProxySettings settings) =>
        Actor.Props.Create(() => new SingletonProxy(singletonManagerPath, settings));
}

internal sealed class SingletonProxy : ReceiveActor, IWithTimers
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ClusterSingletonProxySettings _settings;
    private readonly string[] _path;
    private readonly Queue<(object Message, IActorRef Sender)> _buffer = new();
    private readonly SortedSet<Member> _byAge = new(Member.AgeOrdering);
    private IActorRef _singleton;
    private int _search;

    public SingletonProxy(string singletonManagerPath, ClusterSingletonProxySettings settings)
    {
        _settings = settings;
        _path = (singletonManagerPath + "/" + settings.SingletonName).Split('/', StringSplitOptions.RemoveEmptyEntries);
        Receive<ClusterEvent.CurrentClusterState>(state => Track(() => _byAge.UnionWith(state.Members.Where(m => m.Status == MemberStatus.Up && HasRole(m)))));
        Receive<ClusterEvent.MemberUp>(up => Track(() => Replace(up.Member)));
        Receive<ClusterEvent.MemberExited>(exited => Track(() => Remove(exited.Member)));
        Receive<ClusterEvent.MemberRemoved>(removed =>
        {
            if (removed.Member.UniqueAddress == _cluster.SelfUniqueAddress) Context.Stop(Self);
            else Track(() => Remove(removed.Member));
        });
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<ActorIdentity>(Identified);
        Receive<Search>(_ => Ask());
        Receive<Terminated>(ended =>
        {
            if (ended.ActorRef.Equals(_singleton)) StartSearch();
        });
        ReceiveAny(Pass);
    }

    ITimerScheduler IWithTimers.Timers { get; set; }
    private ITimerScheduler Timers => ((IWithTimers)this).Timers;

    protected override void PreStart() => _cluster.Subscribe(Self, typeof(ClusterEvent.IMemberEvent));
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private bool HasRole(Member member) => _settings.Role is null || member.HasRole(_settings.Role);

    private void Replace(Member member)
    {
        if (!HasRole(member)) return;
        Remove(member);
        _byAge.Add(member);
    }

    // By identity: the set is ordered by age, which a new status may have changed.
    private void Remove(Member member) => _byAge.RemoveWhere(m => m.Equals(member));

    private void Track(Action change)
    {
        var before = _byAge.Min;
        change();
        if (!Equals(before, _byAge.Min)) StartSearch();
    }

    private void StartSearch()
    {
        _singleton = null;
        _search++;
        Ask();
        Timers.StartPeriodicTimer(nameof(Search), Search.Instance, _settings.SingletonIdentificationInterval);
    }

    private void Ask()
    {
        if (_singleton is null && _byAge.Min is { } oldest)
            Context.ActorSelection(new RootActorPath(oldest.Address) / _path).Tell(new Identify(_search.ToString(System.Globalization.CultureInfo.InvariantCulture)), Self);
    }

    private void Identified(ActorIdentity identity)
    {
        if (identity.Subject is null || _singleton is not null) return;
        _log.Info("Singleton identified at [{0}]", identity.Subject.Path);
        _singleton = identity.Subject;
        Context.Watch(_singleton);
        Timers.Cancel(nameof(Search));
        while (_buffer.TryDequeue(out var kept)) _singleton.Tell(kept.Message, kept.Sender);
    }

    private void Pass(object message)
    {
        if (_singleton is not null)
        {
            _singleton.Forward(message);
            return;
        }

        if (_settings.BufferSize == 0)
        {
            _log.Debug("Singleton not available and buffering is disabled, dropping message [{0}]", message.GetType());
            return;
        }

        if (_buffer.Count == _settings.BufferSize)
            _log.Debug("Singleton not available, buffer is full, dropping first message [{0}]", _buffer.Dequeue().Message.GetType());
        _buffer.Enqueue((message, Sender));
    }

    private sealed class Search : INoSerializationVerificationNeeded
    {
        public static readonly Search Instance = new();
    }
}
