using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>
/// Runs one instance of an actor in the cluster: as a child of the manager on the oldest member with the role. A leaving
/// node hands over: its instance stops, then the successor's starts. After a crash the successor starts when the
/// predecessor has been removed and the removal margin has passed.
/// </summary>
public static class ClusterSingletonManager
{
    public static Props Props(Props singletonProps, object terminationMessage, ClusterSingletonManagerSettings settings) =>
        Actor.Props.Create(() => new SingletonManager(singletonProps, terminationMessage, settings));
}

internal sealed class SingletonManager : UntypedActor, IWithTimers
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Props _singletonProps;
    private readonly object _stopMessage;
    private readonly ClusterSingletonManagerSettings _settings;
    private readonly TimeSpan _removalMargin;
    private readonly int _maxRetries;
    private readonly UniqueAddress _self;
    private readonly TaskCompletionSource<Done> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Members with the role that are Up or Leaving, oldest first.</summary>
    private readonly SortedSet<Member> _line = new(Member.AgeOrdering);

    /// <summary>Older members, of whom any may still run an instance.</summary>
    private readonly HashSet<UniqueAddress> _predecessors = [];

    private State _state = State.Start;
    private IActorRef _singleton = ActorRefs.Nobody;
    private IActorRef _handOverTo;
    private bool _isExiting;
    private int _retries;

    public SingletonManager(Props singletonProps, object terminationMessage, ClusterSingletonManagerSettings settings)
    {
        if (settings.Role is { } role && !_cluster.SelfRoles.Contains(role))
            throw new ArgumentException($"This cluster member [{_cluster.SelfAddress}] doesn't have the role [{role}]");
        _singletonProps = singletonProps;
        _stopMessage = terminationMessage;
        _settings = settings;
        _self = _cluster.SelfUniqueAddress;
        _removalMargin = settings.RemovalMargin > TimeSpan.Zero ? settings.RemovalMargin : _cluster.Settings.DownRemovalMargin;
        var minRetries = Context.System.Settings.Config.GetInt("akka.cluster.singleton.min-number-of-hand-over-retries");
        _maxRetries = Math.Max(1, Math.Max(minRetries, (int)(_removalMargin / settings.HandOverRetryInterval) + 3) - 3);
        HandOverBeforeExit(Self);
    }

    private enum State
    {
        /// <summary>This node is not Up yet.</summary>
        Start,

        /// <summary>Somebody older has the instance.</summary>
        Younger,

        /// <summary>First in line; asks predecessors to stop theirs, or waits for their end.</summary>
        BecomingOldest,

        /// <summary>Runs the instance.</summary>
        Oldest,

        /// <summary>Leaving; still runs the instance until the successor asks for it.</summary>
        WasOldest,

        /// <summary>The instance is stopping; the successor waits.</summary>
        HandingOver,

        /// <summary>The instance is stopping, and the manager after it.</summary>
        Stopping,

        /// <summary>Handed over.</summary>
        End,
    }

    ITimerScheduler IWithTimers.Timers { get; set; }
    private ITimerScheduler Timers => ((IWithTimers)this).Timers;

    protected override void PreStart()
    {
        if (_cluster.IsTerminated) throw new ActorInitializationException("Cluster node must not be terminated");
        var self = Self;
        // Age counts from Up: before that this node has no place in the line.
        _cluster.RegisterOnMemberUp(() => _cluster.Subscribe(self, typeof(ClusterEvent.IMemberEvent)));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _exited.TrySetResult(Done.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.CurrentClusterState current: LineUp(current); break;
            case ClusterEvent.IMemberEvent change: MemberChanged(change); break;
            case Gone gone:
                _predecessors.Remove(gone.Node);
                AdvanceInLine();
                break;
            case SelfExiting: Exit(); break;
            case Terminated ended when ended.ActorRef.Equals(_singleton): SingletonEnded(); break;
            case HandOverToMe: HandOverAsked(); break;
            case TakeOverFromMe:
                if (_state is State.BecomingOldest or State.Oldest) Sender.Tell(HandOverToMe.Instance);
                break;
            case HandOverInProgress: break;
            case HandOverDone:
                _predecessors.RemoveWhere(p => p.Address == Sender.Path.Address);
                AdvanceInLine();
                break;
            case Retry when _state == State.BecomingOldest: AskForHandOver(); break;
            case Retry when _state == State.WasOldest: OfferTakeOver(); break;
            case Retry: break;
            default: Unhandled(message); break;
        }
    }

    // The phase waits until the instance has stopped here: only then may this node be removed.
    private void HandOverBeforeExit(IActorRef self) => CoordinatedShutdown.Get(Context.System).AddTask(
        CoordinatedShutdown.PhaseClusterExiting,
        $"singleton-exiting-{self.Path.Name}",
        () =>
        {
            if (_cluster.IsTerminated || _cluster.SelfMember.Status is MemberStatus.Down or MemberStatus.Removed) return Task.FromResult(Done.Instance);
            self.Tell(SelfExiting.Instance, ActorRefs.NoSender);
            return _exited.Task;
        });

    private void LineUp(ClusterEvent.CurrentClusterState current)
    {
        var members = current.Members.Where(m => m.UpNumber != int.MaxValue && HasRole(m)).ToList();
        _line.UnionWith(members.Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving));
        var own = members.Find(m => m.UniqueAddress == _self);
        _predecessors.UnionWith(members.Where(m => own is not null && m.IsOlderThan(own)).Select(m => m.UniqueAddress));
        _state = State.Younger;
        AdvanceInLine();
    }

    private void MemberChanged(ClusterEvent.IMemberEvent change)
    {
        var member = change.Member;
        var isSelf = member.UniqueAddress == _self;
        switch (change)
        {
            case ClusterEvent.MemberUp when HasRole(member):
                _line.Add(member);
                break;
            case ClusterEvent.MemberExited when !isSelf:
                _line.RemoveWhere(m => m.Equals(member));
                break;
            case ClusterEvent.MemberDowned when isSelf:
                StopWithInstance("Self downed");
                return;
            case ClusterEvent.MemberRemoved when isSelf:
                if (_state is State.HandingOver or State.WasOldest) StopWithInstance("Self removed");
                else Context.Stop(Self);
                return;
            case ClusterEvent.MemberRemoved:
                _line.RemoveWhere(m => m.Equals(member));
                // A crashed or frozen process may outlive its membership for a while, and its instance with it.
                if (_predecessors.Contains(member.UniqueAddress)) Timers.StartSingleTimer(member.UniqueAddress, new Gone(member.UniqueAddress), _removalMargin);
                break;
        }

        AdvanceInLine();
    }

    private void AdvanceInLine()
    {
        if (_state is not (State.Younger or State.BecomingOldest) || _isExiting || _line.Min?.UniqueAddress != _self) return;
        if (_predecessors.Count == 0)
        {
            Timers.Cancel(Retry.Instance);
            _singleton = Context.Watch(Context.ActorOf(_singletonProps, _settings.SingletonName));
            _log.Info("Singleton manager started singleton actor [{0}]", _singleton.Path);
            _state = State.Oldest;
        }
        else if (_state == State.Younger)
        {
            _state = State.BecomingOldest;
            AskForHandOver();
        }
    }

    private void AskForHandOver()
    {
        // Who has been removed cannot answer; its margin runs.
        foreach (var predecessor in _predecessors.Where(p => !Timers.IsTimerActive(p))) Peer(predecessor.Address).Tell(HandOverToMe.Instance, Self);
        Timers.StartSingleTimer(Retry.Instance, Retry.Instance, _settings.HandOverRetryInterval);
    }

    private void HandOverAsked()
    {
        switch (_state)
        {
            case State.Oldest or State.WasOldest:
                _handOverTo = Sender;
                StopInstance(State.HandingOver);
                break;
            case State.HandingOver:
                Sender.Tell(HandOverInProgress.Instance);
                break;
            case State.End:
                Sender.Tell(HandOverDone.Instance);
                break;
            case State.Younger when _cluster.SelfMember.Status is not (MemberStatus.Leaving or MemberStatus.Exiting):
                // The asker saw this node before itself in line; there is nothing to hand over.
                Sender.Tell(HandOverDone.Instance);
                break;
        }
    }

    private void Exit()
    {
        _isExiting = true;
        if (_state == State.Oldest)
        {
            _state = State.WasOldest;
            _line.RemoveWhere(m => m.UniqueAddress == _self);
            OfferTakeOver();
        }
        else if (_state != State.HandingOver)
        {
            _exited.TrySetResult(Done.Instance);
        }
    }

    private void OfferTakeOver()
    {
        if (_line.Min is not { } successor || ++_retries > _maxRetries)
        {
            StopInstance(State.HandingOver);
            return;
        }

        Peer(successor.Address).Tell(TakeOverFromMe.Instance, Self);
        Timers.StartSingleTimer(Retry.Instance, Retry.Instance, _settings.HandOverRetryInterval);
    }

    private void StopInstance(State next)
    {
        Timers.Cancel(Retry.Instance);
        _state = next;
        if (next == State.HandingOver) _handOverTo?.Tell(HandOverInProgress.Instance);
        if (_singleton is Nobody)
        {
            SingletonEnded();
            return;
        }

        _log.Info("Singleton manager stopping singleton actor [{0}]", _singleton.Path);
        _singleton.Tell(_stopMessage);
    }

    private void StopWithInstance(string reason)
    {
        if (_state == State.Stopping) return;
        _log.Info("{0}, stopping ClusterSingletonManager", reason);
        StopInstance(State.Stopping);
    }

    private void SingletonEnded()
    {
        _singleton = ActorRefs.Nobody;
        if (_state == State.Stopping)
        {
            Context.Stop(Self);
        }
        else if (_state == State.HandingOver)
        {
            _log.Info("Singleton terminated, hand-over done [{0} -> {1}]", _cluster.SelfAddress, _handOverTo?.Path.Address);
            _handOverTo?.Tell(HandOverDone.Instance);
            _state = State.End;
            _exited.TrySetResult(Done.Instance);
        }
    }

    private bool HasRole(Member member) => _settings.Role is null || member.HasRole(_settings.Role);
    private ActorSelection Peer(Address at) => Context.ActorSelection(Self.Path.ToStringWithAddress(at));

    private sealed record Gone(UniqueAddress Node) : INoSerializationVerificationNeeded;

    private sealed class SelfExiting : INoSerializationVerificationNeeded
    {
        public static readonly SelfExiting Instance = new();
    }

    private sealed class Retry : INoSerializationVerificationNeeded
    {
        public static readonly Retry Instance = new();
    }
}
