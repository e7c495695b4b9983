using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport;

namespace Akka.Cluster;

/// <summary>
/// Carries out what <see cref="Membership"/> decides: heartbeats, gossip, the leader's ticks, downing, events. All of it
/// runs on the loop's own thread, so that neither a starved thread pool nor a busy dispatcher makes a live node look dead.
/// </summary>
internal sealed class ClusterDaemon
{
    private readonly Cluster _cluster;
    private readonly ClusterSettings _settings;
    private readonly ActorSystem _system;
    private readonly Akka.Remote.Remoting _remoting;
    private readonly UniqueAddress _self;
    private readonly Membership _membership;
    private readonly FailureDetectorRegistry _detectors;
    private readonly SplitBrainResolver _resolver;
    private readonly Joining _joining;
    private readonly CoordinatedShutdown _shutdown;
    private readonly List<(MemberStatus At, Action Callback)> _callbacks = [];
    private readonly TaskCompletionSource<Done> _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Done> _exiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Done> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MembershipState _published;
    private TimeSpan _withoutConvergence;
    private int _downTicks;
    private bool _isStopped;

    public ClusterDaemon(Cluster cluster, ExtendedActorSystem system, Akka.Remote.Remoting remoting)
    {
        _cluster = cluster;
        _settings = cluster.Settings;
        _system = system;
        _remoting = remoting;
        _self = cluster.SelfUniqueAddress;
        Log = Logging.GetLogger(system, "Cluster");
        _membership = new Membership(_self, _settings.Roles, _settings.MinNrOfMembers, _settings.MinNrOfMembersOfRole);
        _published = _membership.State;
        _detectors = new FailureDetectorRegistry(_settings.FailureDetector, TimeProvider.System);
        _resolver = new SplitBrainResolver(_settings.Downing, TimeProvider.System);
        _joining = new Joining(_settings, _self.Address, this);
        _shutdown = CoordinatedShutdown.Get(system);
        AddShutdownTasks();
        remoting.Watcher.IsManagedElsewhere = address => _membership.State.Gossip.Find(address) is not null;
        remoting.OnControl(ControlChannel.Cluster, (from, body) =>
        {
            var message = ClusterMessage.Decode(body);
            Post(() => Receive(from, message));
        });
        Every(_settings.FailureDetector.HeartbeatInterval, SendHeartbeats);
        Every(_settings.UnreachableNodesReaperInterval, ObserveReachability);
        Every(_settings.LeaderActionsInterval, LeaderTick);
        Every(_settings.GossipInterval, GossipToUnaware);
        Every(TimeSpan.FromSeconds(1), ResolverTick);
        Post(() => _joining.Seeds(_settings.SeedNodes));
        if (_settings.ShutdownAfterUnsuccessfulJoinSeedNodes is { } limit && !_settings.SeedNodes.IsEmpty)
            After(limit, () => GiveUpJoining(limit));
    }

    public ILoggingAdapter Log { get; }

    public void After(TimeSpan delay, Action action) => _remoting.Loop.After(delay, () => RunIfAlive(action));

    public void Send(Address to, ClusterMessage message) => _remoting.SendControl(to, ControlChannel.Cluster, message.Encode());

    // Called from any thread.

    public void Join(Address address) => Post(() =>
    {
        if (_membership.State.SelfMember is null) _joining.Join(address);
    });

    public void JoinSeedNodes(ImmutableList<Address> seeds) => Post(() =>
    {
        if (_membership.State.SelfMember is null) _joining.Seeds(seeds);
    });

    public void Leave(Address address) => Post(() =>
    {
        if (!_membership.Leave(address)) return;
        Info("Marked address [{0}] as [{1}]", address, MemberStatus.Leaving);
        Publish();
        GossipToAll();
    });

    public void Down(Address address) => Post(() => MarkDown(address));

    public void Subscribe(IActorRef subscriber, ClusterEvent.SubscriptionInitialStateMode mode, Type[] to) => _remoting.Loop.Post(() =>
    {
        if (mode == ClusterEvent.InitialStateAsSnapshot)
            subscriber.Tell(_published.ToCurrentState(), ActorRefs.NoSender);
        else
            foreach (var change in MembershipState.Changes(new MembershipState(Gossip.Empty, _self), _published).Where(c => to.Any(t => t.IsInstanceOfType(c))))
                subscriber.Tell(change, ActorRefs.NoSender);
        foreach (var type in to) _system.EventStream.Subscribe(subscriber, type);
    });

    public void Unsubscribe(IActorRef subscriber, Type to) => _remoting.Loop.Post(() =>
    {
        if (to is null) _system.EventStream.Unsubscribe(subscriber);
        else _system.EventStream.Unsubscribe(subscriber, to);
    });

    public void SendCurrentState(IActorRef receiver) => _remoting.Loop.Post(() => receiver.Tell(_published.ToCurrentState(), ActorRefs.NoSender));

    /// <summary>Runs the callback once this node is Up or removed, at once if it already is.</summary>
    public void OnSelf(MemberStatus status, Action callback) => _remoting.Loop.Post(() =>
    {
        _callbacks.Add((status, callback));
        RunCallbacks();
    });

    public void Stop() => Post(StopNow);

    // On the loop.

    public void JoinSelf()
    {
        _membership.Join(_self, _settings.Roles);
        Info("Node [{0}] is JOINING itself (with roles [{1}]) and forming a new cluster", _self.Address, string.Join(",", _settings.Roles));
        _joining.Done();
        // At once, so that the founder is the oldest.
        Lead();
        Publish();
    }

    public void SendJoin(Address target) => Send(target, new ClusterMessage.Join(_self, _settings.Roles));

    private void Receive(Address from, ClusterMessage message)
    {
        var isMember = _membership.State.SelfMember is not null;
        switch (message)
        {
            case ClusterMessage.Heartbeat:
                if (isMember) Send(from, new ClusterMessage.HeartbeatReply(_self));
                break;
            case ClusterMessage.HeartbeatReply reply:
                if (_membership.State.Gossip.Find(reply.From) is not null) _detectors.HeartBeat(reply.From.Address);
                break;
            case ClusterMessage.InitJoin:
                Send(from, _membership.State.SelfMember is null or { Status: MemberStatus.Down or MemberStatus.Exiting }
                    ? new ClusterMessage.InitJoinNack()
                    : new ClusterMessage.InitJoinAck());
                break;
            case ClusterMessage.InitJoinAck when !isMember:
                _joining.Acknowledged(from);
                break;
            case ClusterMessage.InitJoinNack when !isMember:
                _joining.Refused(from);
                break;
            case ClusterMessage.Join join when isMember:
                LetJoin(join);
                break;
            case ClusterMessage.Welcome welcome when !isMember && _joining.IsJoining(welcome.From.Address) && welcome.Gossip.Find(_self) is not null:
                Info("Welcome from [{0}]", welcome.From.Address);
                _joining.Done();
                _membership.Welcome(welcome.Gossip);
                Publish();
                GossipToAll();
                break;
            case ClusterMessage.GossipEnvelope envelope when isMember:
                ReceiveGossip(envelope);
                break;
            case ClusterMessage.ExitingConfirmed confirmed:
                _membership.ExitingConfirmed(confirmed.Node);
                break;
        }
    }

    private void LetJoin(ClusterMessage.Join join)
    {
        var node = join.Node;
        if (node.Address.System != _self.Address.System || node.Address.Protocol != _self.Address.Protocol)
        {
            Log.Warning("Member with wrong ActorSystem name or protocol tried to join, but was ignored, expected [{0}] but was [{1}]", _self.Address, node.Address);
            return;
        }

        switch (_membership.Join(node, join.Roles))
        {
            case JoinOutcome.Joined:
                Info("Node [{0}] is JOINING, roles [{1}]", node.Address, string.Join(",", join.Roles));
                _detectors.Remove(node.Address);
                Send(node.Address, new ClusterMessage.Welcome(_self, _membership.State.Gossip));
                break;
            case JoinOutcome.AlreadyMember:
                // The Welcome was lost.
                Send(node.Address, new ClusterMessage.Welcome(_self, _membership.State.Gossip));
                break;
            case JoinOutcome.EarlierIncarnation:
                Info("New incarnation of existing member [{0}] is trying to join. Existing will be removed from the cluster and then new member will be allowed to join.", node);
                break;
            case JoinOutcome.Refused:
                Info("Ignoring the attempt of [{0}] to join", node);
                break;
        }

        Publish();
        GossipToAll();
    }

    private void ReceiveGossip(ClusterMessage.GossipEnvelope envelope)
    {
        var known = _membership.State.Members;
        var outcome = _membership.Merge(envelope.From, envelope.To, envelope.Gossip);
        if (outcome == MergeOutcome.Ignored) return;
        // A node's silence before it was a member says nothing.
        foreach (var member in _membership.State.Members.Except(known)) _detectors.Remove(member.Address);
        var changed = Publish();
        if (changed) GossipToAll();
        else if (outcome == MergeOutcome.News) GossipTo(envelope.From);
    }

    private void SendHeartbeats()
    {
        foreach (var member in Others)
        {
            var address = member.Address;
            Send(address, new ClusterMessage.Heartbeat());
            // A member that never answers has to become unreachable as well.
            if (!_detectors.IsMonitoring(address))
                After(_settings.FailureDetector.ExpectedResponseAfter, () =>
                {
                    if (!_detectors.IsMonitoring(address) && _membership.State.Gossip.Find(address) is not null) _detectors.HeartBeat(address);
                });
        }
    }

    private void ObserveReachability()
    {
        var (lost, back) = _membership.Observe(_detectors.IsAvailable);
        if (lost.Count > 0) Log.Warning("Cluster Node [{0}] - Marking node(s) as UNREACHABLE [{1}]", _self.Address, string.Join(", ", lost));
        if (back.Count > 0) Info("Marking node(s) as REACHABLE [{0}]", string.Join(", ", back));
        if (lost.Count + back.Count == 0) return;
        Publish();
        GossipToAll();
    }

    private void LeaderTick()
    {
        if (!_membership.State.IsLeader) _withoutConvergence = TimeSpan.Zero;
        else if (_membership.Converged) Lead();
        else LeadWithoutConvergence();
        if (_isStopped || _membership.State.SelfMember is not { Status: MemberStatus.Down }) return;
        // The others are to learn of it first, but not for ever.
        if (!_membership.IsDownKnown && ++_downTicks < 5) return;
        Info("Node has been marked as DOWN. Shutting down myself");
        GossipToAll();
        _cluster.Shutdown();
    }

    private void Lead()
    {
        _withoutConvergence = TimeSpan.Zero;
        var moves = _membership.Lead();
        foreach (var member in moves.Moved) Info("Leader is moving node [{0}] to [{1}]", member.Address, member.Status);
        foreach (var member in moves.Removed) Info("Leader is removing {0} node [{1}]", member.Status == MemberStatus.Exiting ? "exiting" : "unreachable", member.Address);
        if (moves.Moved.Count + moves.Removed.Count == 0) return;
        Publish();
        GossipToAll();
    }

    private void LeadWithoutConvergence()
    {
        _withoutConvergence += _settings.LeaderActionsInterval;
        if (_settings.WeaklyUpAfter == TimeSpan.Zero || _withoutConvergence < _settings.WeaklyUpAfter) return;
        var moved = _membership.MoveJoiningToWeaklyUp();
        if (moved.Count == 0) return;
        foreach (var member in moved) Info("Leader is moving node [{0}] to [{1}]", member.Address, member.Status);
        Publish();
        GossipToAll();
    }

    private void ResolverTick()
    {
        if (_membership.State.SelfMember is null || _resolver.Tick(_membership.State) is not var (decision, nodes)) return;
        Log.Warning("SBR took decision {0} and is downing [{1}]{2}", decision, string.Join(", ", nodes.Select(n => n.Address)), nodes.Contains(_self) ? " including myself" : "");
        foreach (var node in nodes.OrderBy(n => n == _self)) MarkDown(node.Address);
    }

    private void MarkDown(Address address)
    {
        if (!_membership.Down(address)) return;
        Info("Marking node [{0}] as [{1}]", address, MemberStatus.Down);
        Publish();
        GossipToAll();
    }

    private void GossipToUnaware()
    {
        foreach (var member in Others.Where(m => !_membership.State.Gossip.HasSeen(m.UniqueAddress))) GossipTo(member.UniqueAddress);
    }

    private void GossipToAll()
    {
        foreach (var member in Others) GossipTo(member.UniqueAddress);
    }

    private void GossipTo(UniqueAddress node)
    {
        if (!_membership.State.Gossip.Observes(_self, node))
            Send(node.Address, new ClusterMessage.GossipEnvelope(_self, node, _membership.State.Gossip));
    }

    /// <summary>Tells subscribers what is new; false if nothing is.</summary>
    private bool Publish()
    {
        var before = _published;
        var after = _published = _membership.State;
        _cluster.CurrentState = after.ToCurrentState();
        var changes = MembershipState.Changes(before, after).ToList();
        foreach (var change in changes)
        {
            _system.EventStream.Publish(change);
            _resolver.Notice(change, after);
        }

        foreach (var removed in changes.OfType<ClusterEvent.MemberRemoved>().Where(r => r.Member.UniqueAddress != _self && !_isStopped)) Forget(removed);
        RunCallbacks();
        ReactToOwnStatus(before.SelfMember?.Status);
        return changes.Count > 0;
    }

    private void Forget(ClusterEvent.MemberRemoved removed)
    {
        var node = removed.Member.UniqueAddress;
        _detectors.Remove(node.Address);
        if (removed.PreviousStatus == MemberStatus.Down) _remoting.Quarantine(node.Address, node.Uid);
        _remoting.Watcher.AddressTerminated(node.Address);
    }

    private void ReactToOwnStatus(MemberStatus? before)
    {
        var status = _membership.State.SelfMember?.Status;
        if (status == before) return;
        if (status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down || (status is null && before is not null)) _leaving.TrySetResult(Done.Instance);
        if (status != MemberStatus.Exiting) return;
        Info("Exiting, starting coordinated shutdown");
        _exiting.TrySetResult(Done.Instance);
        _ = _shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
    }

    private void RunCallbacks()
    {
        var status = _membership.State.SelfMember?.Status;
        var due = _callbacks.FindAll(c => c.At == MemberStatus.Up ? status == MemberStatus.Up : _isStopped);
        _callbacks.RemoveAll(due.Contains);
        // Not here: a callback may block.
        foreach (var (_, callback) in due)
            Task.Run(callback).ContinueWith(t => Log.Error(t.Exception, "A callback for the member status failed"), TaskContinuationOptions.OnlyOnFaulted);
    }

    private void GiveUpJoining(TimeSpan limit)
    {
        if (_membership.State.SelfMember is not null) return;
        Log.Warning("Joining of seed-nodes [{0}] was unsuccessful after configured shutdown-after-unsuccessful-join-seed-nodes [{1}]. Running CoordinatedShutdown.",
            string.Join(", ", _settings.SeedNodes), limit);
        _joining.Done();
        _ = _shutdown.Run(CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance);
    }

    private void AddShutdownTasks()
    {
        _shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", () =>
        {
            if (_cluster.IsTerminated || _cluster.SelfMember.Status is MemberStatus.Down or MemberStatus.Removed) return Task.FromResult(Done.Instance);
            Leave(_self.Address);
            return _leaving.Task;
        });
        _shutdown.AddTask(CoordinatedShutdown.PhaseClusterExiting, "wait-exiting", () =>
            _cluster.CurrentState.Members.IsEmpty ? Task.FromResult(Done.Instance) : _exiting.Task);
        _shutdown.AddTask(CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", () =>
        {
            if (!_cluster.IsTerminated && _cluster.SelfMember.Status != MemberStatus.Down) Post(CompleteExiting);
            return Task.FromResult(Done.Instance);
        });
        _shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "wait-shutdown", () => _stopped.Task);
    }

    private void CompleteExiting()
    {
        _membership.ExitingCompleted();
        Publish();
        GossipToAll();
        // Whoever leads after this node removes it on this word.
        foreach (var member in Others) Send(member.Address, new ClusterMessage.ExitingConfirmed(_self));
        _cluster.Shutdown();
    }

    private void StopNow()
    {
        _isStopped = true;
        _joining.Done();
        var before = _published;
        _published = new MembershipState(Gossip.Empty, _self);
        _cluster.CurrentState = _published.ToCurrentState();
        _system.EventStream.Publish(ClusterEvent.ClusterShuttingDown.Instance);
        foreach (var change in MembershipState.Changes(before, _published)) _system.EventStream.Publish(change);
        RunCallbacks();
        _leaving.TrySetResult(Done.Instance);
        _exiting.TrySetResult(Done.Instance);
        _stopped.TrySetResult(Done.Instance);
        if (_settings.RunCoordinatedShutdownWhenDown) _ = _shutdown.Run(CoordinatedShutdown.ClusterDowningReason.Instance);
    }

    private IEnumerable<Member> Others => _membership.State.Members.Where(m => m.UniqueAddress != _self);

    private void Info(string format, params object[] args)
    {
        if (_settings.LogInfo) Log.Info("Cluster Node [" + _self.Address + "] - " + format, args);
    }

    private void Post(Action action) => _remoting.Loop.Post(() => RunIfAlive(action));
    private void Every(TimeSpan interval, Action action) => _remoting.Loop.Every(interval, () => RunIfAlive(action));

    private void RunIfAlive(Action action)
    {
        if (!_isStopped) action();
    }
}
