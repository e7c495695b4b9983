using System.Runtime.ExceptionServices;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

public sealed partial class ActorCell
{
    private readonly Lock _childrenLock = new();
    private readonly Dictionary<string, ChildRestartStats> _children = [];
    private readonly HashSet<IActorRef> _dying = [];
    private readonly List<ISystemMessage> _heldSystemMessages = [];
    private long _nextName = -1;
    private Waiting _waitingFor;
    private Exception _recreationCause;
    private IActorRef _perpetrator;

    // What goes on once the last dying child has gone.
    private enum Waiting
    {
        Nothing,
        Creation,
        Recreation,
        Termination
    }

    /// <summary>Refs below the root that are no actors, such as temp and deadLetters.</summary>
    internal Func<string, IInternalActorRef> ExtraChild { get; set; }

    public IActorRef ActorOf(Props props, string name = null)
    {
        if (name is not null) CheckName(name);
        return MakeChild(props, name, systemService: false);
    }

    IActorRef IActorContext.Child(string name)
    {
        lock (_childrenLock) return _children.TryGetValue(name, out var stats) ? stats.Child : ActorRefs.Nobody;
    }

    IEnumerable<IActorRef> IActorContext.GetChildren() => GetChildren();

    public IEnumerable<IInternalActorRef> GetChildren() => Stats().Select(s => s.Child).ToArray();

    public void Stop(IActorRef child)
    {
        lock (_childrenLock)
            if (_children.TryGetValue(child.Path.Name, out var stats) && stats.Child.Equals(child)) _dying.Add(child);
        ((IInternalActorRef)child).Stop();
    }

    internal IInternalActorRef MakeChild(Props props, string name, bool systemService)
    {
        if (_system.Settings.SerializeAllCreators && !systemService) _system.Serialization.CheckCreator(props);
        IInternalActorRef child;
        lock (_childrenLock)
        {
            if (_waitingFor == Waiting.Termination || IsTerminated)
                throw new InvalidOperationException($"Cannot create child while terminating or terminated: [{Self}]");
            name ??= "$" + Base64Name(Interlocked.Increment(ref _nextName));
            if (_children.ContainsKey(name))
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            var path = new ChildActorPath(Self.Path, name, NewUid());
            child = _system.Provider.ActorOf(_system, props, LocalSelf, path, systemService);
            _children.Add(name, new ChildRestartStats(child));
        }

        child.Start();
        return child;
    }

    internal IInternalActorRef SingleChild(string element)
    {
        var (name, uid) = ActorPath.SplitNameAndUid(element);
        lock (_childrenLock)
            if (_children.TryGetValue(name, out var stats) && (uid == 0 || uid == stats.Child.Path.Uid)) return stats.Child;
        return ExtraChild?.Invoke(element) ?? Nobody.Instance;
    }

    internal void HandleInvokeFailure(Exception cause, IReadOnlyCollection<IActorRef> childrenNotToSuspend = null)
    {
        if (_perpetrator is not null || IsTerminated) return;
        try
        {
            Mailbox.Suspend();
            _perpetrator = CurrentMessage is Failed failed ? failed.Child : Self;
            foreach (var child in Stats().Select(s => s.Child))
                if (!child.Equals(_perpetrator) && childrenNotToSuspend?.Contains(child) != true) child.Suspend();
            Parent.SendSystemMessage(new Failed(Self, cause, Self.Path.Uid));
        }
        catch (Exception e)
        {
            Publish(new Error(e, Self.Path.ToString(), Props.Type, "Emergency stop: exception in failure handling for " + cause));
            foreach (var child in GetChildren()) Stop(child);
            FinishTerminate();
        }
    }

    internal static string Base64Name(long number)
    {
        const string digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
        var name = "";
        do
        {
            name += digits[(int)(number & 63)];
            number >>= 6;
        } while (number > 0);

        return name;
    }

    internal static long NewUid() => Random.Shared.Next(1, int.MaxValue);

    private static void CheckName(string name)
    {
        if (name.Length == 0) throw new InvalidActorNameException("Actor name must not be empty.");
        if (!ActorPath.IsValidPathElement(name))
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and can only contain these special characters: {ActorPath.ValidSymbols}.");
    }

    private IReadOnlyCollection<ChildRestartStats> Stats()
    {
        lock (_childrenLock) return _children.Values.ToArray();
    }

    private bool IsChild(IActorRef actor)
    {
        lock (_childrenLock) return _children.TryGetValue(actor.Path.Name, out var stats) && stats.Child.Equals(actor);
    }

    private bool MustHold(ISystemMessage message) => message switch
    {
        IStashWhenWaitingForChildren => _waitingFor is Waiting.Creation or Waiting.Recreation,
        IStashWhenFailed => Mailbox.IsSuspended,
        _ => false
    };

    // False when no child is dying, so that the next step can follow at once.
    private bool WaitForChildren(Waiting next)
    {
        lock (_childrenLock)
        {
            if (_dying.Count == 0) return false;
            _waitingFor = next;
            return true;
        }
    }

    private void HandleFailed(Failed failed)
    {
        CurrentMessage = failed;
        Sender = failed.Child;
        var children = Stats();
        var stats = children.FirstOrDefault(s => s.Child.Equals(failed.Child));
        if (stats is null || stats.Child.Path.Uid != failed.Uid)
            Publish(new Debug(Self.Path.ToString(), Props.Type, $"Dropping Failed({failed.Cause}) from unknown child {failed.Child}"));
        else if (!_actor.SupervisorStrategyInternal.HandleFailure(this, failed.Child, failed.Cause, stats, children))
            ExceptionDispatchInfo.Capture(failed.Cause).Throw();
        CurrentMessage = null;
    }

    private void FaultSuspend()
    {
        Mailbox.Suspend();
        foreach (var stats in Stats()) stats.Child.Suspend();
    }

    private void FaultResume(Exception cause)
    {
        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        var perpetrator = _perpetrator;
        Mailbox.Resume();
        if (cause is not null) _perpetrator = null;
        foreach (var child in Stats().Select(s => s.Child)) child.Resume(child.Equals(perpetrator) ? cause : null);
    }

    private void FaultRecreate(Exception cause)
    {
        if (_actor is null)
        {
            FaultCreate();
            return;
        }

        if (_waitingFor != Waiting.Nothing)
        {
            FaultResume(null);
            return;
        }

        var message = CurrentMessage;
        try
        {
            if (_actor is IWithTimers { Timers: { } timers }) timers.CancelAll();
            _actor.AroundPreRestart(cause, message);
            if (_actor is IActorStash { Stash: { } stash }) stash.UnstashAll();
        }
        catch (Exception e)
        {
            Publish(new Error(new PreRestartException(Self, e, cause, message), Self.Path.ToString(), Props.Type, e.Message));
        }

        ClearActor();
        _recreationCause = cause;
        if (!WaitForChildren(Waiting.Recreation)) FinishRecreate();
    }

    private void FinishRecreate()
    {
        var cause = _recreationCause;
        var survivors = Stats().Select(s => s.Child).ToArray();
        try
        {
            Mailbox.Resume();
            _perpetrator = null;
            _actor = NewActor();
            _actor.AroundPostRestart(cause, null);
            foreach (var survivor in survivors) survivor.Restart(cause);
        }
        catch (Exception e)
        {
            ClearActor();
            HandleInvokeFailure(new PostRestartException(Self, e, cause), survivors);
        }
    }

    private void FaultCreate()
    {
        SetReceiveTimeout(null);
        foreach (var child in GetChildren()) Stop(child);
        if (!WaitForChildren(Waiting.Creation)) FinishCreate();
    }

    private void FinishCreate()
    {
        Mailbox.Resume();
        _perpetrator = null;
        CreateActor();
    }

    private void BeginTermination()
    {
        SetReceiveTimeout(null);
        RestartReceiveTimeout();
        UnwatchWatchedActors();
        foreach (var child in GetChildren()) Stop(child);
        var already = _waitingFor == Waiting.Termination;
        if (!WaitForChildren(Waiting.Termination))
        {
            FinishTerminate();
            return;
        }

        if (already) return;
        Mailbox.Suspend();
        _perpetrator = Self;
    }

    private void FinishTerminate()
    {
        try
        {
            if (_actor is not null)
            {
                if (_actor is IWithTimers { Timers: { } timers }) timers.CancelAll();
                _actor.AroundPostStop();
                if (_actor is IActorStash { Stash: { } stash }) stash.UnstashAll();
            }
        }
        catch (Exception e)
        {
            Publish(new Error(e, Self.Path.ToString(), Props.Type, e.Message));
        }

        Mailbox.Close();
        Dispatcher.Detach();
        Parent.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
        TellWatchersWeDied();
        UnwatchWatchedActors();
        ClearActor();
    }

    private void HandleChildTerminated(IActorRef child)
    {
        Waiting next;
        lock (_childrenLock)
        {
            _children.Remove(child.Path.Name);
            _dying.Remove(child);
            next = _dying.Count == 0 ? _waitingFor : Waiting.Nothing;
            if (_dying.Count == 0 && next != Waiting.Termination) _waitingFor = Waiting.Nothing;
        }

        _actor?.SupervisorStrategyInternal.HandleChildTerminated(this, child, GetChildren());
        switch (next)
        {
            case Waiting.Creation: FinishCreate(); break;
            case Waiting.Recreation: FinishRecreate(); break;
            case Waiting.Termination: FinishTerminate(); break;
        }
    }
}
