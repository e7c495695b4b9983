using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The runtime side of one actor: behaviours, message turn, life cycle. Children and failures are in
/// ActorCell.Supervision.cs, watching in ActorCell.DeathWatch.cs.
/// </summary>
public sealed partial class ActorCell : IUntypedActorContext
{
    [ThreadStatic]
    private static ActorCell _current;

    private readonly ActorSystemImpl _system;
    private readonly Stack<Receive> _behaviours = new();
    private ActorBase _actor;
    private ActorTaskScheduler _taskScheduler;
    private ICancelable _receiveTimeoutTask;

    internal ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, IInternalActorRef parent, MessageDispatcher dispatcher)
    {
        _system = system;
        LocalSelf = self;
        Props = props;
        Parent = parent;
        Dispatcher = dispatcher;
        Mailbox = new Mailbox(this, dispatcher);

        // Already now: whoever finds the actor among its parent's children may tell it something before it is started.
        Mailbox.Prepare(new Create());
    }

    internal static ActorCell Current => _current;

    public IActorRef Self => LocalSelf;
    public Props Props { get; }
    public ActorSystem System => _system;
    public MessageDispatcher Dispatcher { get; }
    public IActorRef Sender { get; internal set; }
    public IInternalActorRef Parent { get; }
    public TimeSpan? ReceiveTimeout { get; private set; }
    public object CurrentMessage { get; internal set; }

    IActorRef IActorContext.Parent => Parent;
    internal LocalActorRef LocalSelf { get; }
    internal Mailbox Mailbox { get; }
    internal ActorBase Actor => _actor;
    internal bool IsTerminated => Mailbox.IsClosed;

    // Tells one turn from the next, so that the stash can refuse the same message twice.
    internal long Turn { get; private set; }

    internal ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    public void Become(Receive receive)
    {
        if (_behaviours.Count > 0) _behaviours.Pop();
        _behaviours.Push(receive);
    }

    public void BecomeStacked(Receive receive) => _behaviours.Push(receive);
    void IUntypedActorContext.Become(UntypedReceive receive) => Become(Handled(receive));
    void IUntypedActorContext.BecomeStacked(UntypedReceive receive) => BecomeStacked(Handled(receive));

    public void UnbecomeStacked()
    {
        if (_behaviours.Count > 1) _behaviours.Pop();
    }

    public ActorSelection ActorSelection(string path) => ActorRefFactoryShared.ActorSelection(path, _system, Self);
    public ActorSelection ActorSelection(ActorPath path) => ActorRefFactoryShared.ActorSelection(path, _system);

    public void SetReceiveTimeout(TimeSpan? timeout) => ReceiveTimeout = timeout;

    // For tests, whose own thread sends on behalf of their test actor.
    internal static void SetCurrent(ActorCell cell) => _current = cell;

    internal void SendMessage(object message, IActorRef sender)
    {
        try
        {
            if (_system.Settings.SerializeAllMessages) message = _system.Serialization.RoundTrip(message);
            Mailbox.Enqueue(new Envelope(message, sender));
        }
        catch (Exception e)
        {
            SwallowedOnSend(e);
        }
    }

    internal void Start()
    {
        try
        {
            Mailbox.Schedule();
        }
        catch (Exception e)
        {
            SwallowedOnSend(e);
        }
    }

    internal void SendSystemMessage(ISystemMessage message)
    {
        try
        {
            Mailbox.Enqueue(message);
        }
        catch (Exception e)
        {
            SwallowedOnSend(e);
        }
    }

    internal void Invoke(Envelope envelope)
    {
        var message = envelope.Message;
        if (message is IScheduledTellMsg scheduled)
        {
            if (message is TimerScheduler.Tick tick && !tick.TryTake()) return;
            message = scheduled.Message;
        }

        var before = _current;
        _current = this;
        Turn++;
        CurrentMessage = message;
        Sender = envelope.Sender ?? _system.DeadLetters;
        try
        {
            if (message is IAutoReceivedMessage automatic) AutoReceive(automatic);
            else ReceiveMessage(message);
            CurrentMessage = null;
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
        finally
        {
            _current = before;
            if (ReceiveTimeout is not null || _receiveTimeoutTask is not null)
                if (message is not INotInfluenceReceiveTimeout) RestartReceiveTimeout();
        }
    }

    internal void SystemInvoke(ISystemMessage message)
    {
        if (MustHold(message))
        {
            _heldSystemMessages.Add(message);
            return;
        }

        var before = _current;
        _current = this;
        try
        {
            Handle(message);
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
        finally
        {
            _current = before;
        }

        if (_heldSystemMessages.Count == 0 || IsTerminated) return;
        var held = _heldSystemMessages.ToArray();
        _heldSystemMessages.Clear();
        foreach (var each in held) SystemInvoke(each);
    }

    internal void ToDeadLetters(Envelope envelope) =>
        _system.DeadLetters.Tell(new DeadLetter(envelope.Message, envelope.Sender ?? _system.DeadLetters, Self), envelope.Sender);

    /// <summary>A watcher that comes too late is told at once; other system messages are pointless by now.</summary>
    internal void ToDeadLetters(ISystemMessage message)
    {
        if (message is Watch watch && !watch.Watcher.Equals(Self))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
    }

    internal void Unstash(Envelope envelope)
    {
        Mailbox.Prepend(envelope);
        if (envelope.Message is Terminated terminated) _terminatedQueued[terminated.ActorRef] = null;
    }

    internal void RestartReceiveTimeout()
    {
        _receiveTimeoutTask?.Cancel();
        _receiveTimeoutTask = null;
        if (ReceiveTimeout is { } timeout && timeout > TimeSpan.Zero && !IsTerminated && !Mailbox.IsSuspended)
            _receiveTimeoutTask = _system.Scheduler.ScheduleTellOnceCancelable(timeout, Self, Akka.Actor.ReceiveTimeout.Instance, Self);
    }

    private static Receive Handled(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    private void Handle(ISystemMessage message)
    {
        switch (message)
        {
            case ActorTaskStep step: step.Run(); break;
            case Create: CreateActor(); break;
            case Failed failed: HandleFailed(failed); break;
            case DeathWatchNotification ended: WatchedActorTerminated(ended); break;
            case Watch watch: AddWatcher(watch); break;
            case Unwatch unwatch: RemoveWatcher(unwatch); break;
            case Recreate recreate: FaultRecreate(recreate.Cause); break;
            case Suspend: FaultSuspend(); break;
            case Resume resume: FaultResume(resume.CausedByFailure); break;
            case Dispatch.SysMsg.Terminate: BeginTermination(); break;
            default: throw new NotSupportedException($"Unknown message {message.GetType().Name}");
        }
    }

    private void AutoReceive(IAutoReceivedMessage message)
    {
        switch (message)
        {
            case Terminated terminated: ReceivedTerminated(terminated); break;
            case Kill: throw new ActorKilledException("Kill");
            case PoisonPill: LocalSelf.Stop(); break;
            case ActorSelectionMessage selection: selection.DeliverFrom(LocalSelf, Sender); break;
            case Identify identify: Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self); break;
        }
    }

    private void ReceiveMessage(object message) => _actor.AroundReceive(_behaviours.Peek(), message);

    private void CreateActor()
    {
        try
        {
            _actor = NewActor();
            _actor.AroundPreStart();
            RestartReceiveTimeout();
        }
        catch (Exception e)
        {
            ClearActor();
            throw new ActorInitializationException(Self, "Exception during creation", e);
        }
    }

    private ActorBase NewActor()
    {
        _behaviours.Clear();
        var actor = Props.NewActor();
        if (actor is ReceiveActor receiving) receiving.CompleteConstruction();
        if (actor is IActorStash stashing) stashing.Stash = new Stash(this);
        if (Props.SupervisorStrategy is { } strategy) actor.SupervisorStrategyInternal = strategy;
        return actor;
    }

    private void ClearActor()
    {
        if (_actor is IWithTimers { Timers: { } timers }) timers.CancelAll();
        if (_actor is IDisposable disposable) Dispose(disposable);
        _actor = null;
        CurrentMessage = null;
        _behaviours.Clear();
    }

    private void Dispose(IDisposable actor)
    {
        try
        {
            actor.Dispose();
        }
        catch (Exception e)
        {
            _system.Log.Error(e, "An error occurred while disposing {0} actor. Reason: {1}", actor.GetType(), e.Message);
        }
    }

    private void SwallowedOnSend(Exception cause) =>
        _system.EventStream.Publish(new Error(cause, Self.Path.ToString(), Props.Type, "Swallowing exception during message send"));

    private void Publish(LogEvent logged) => _system.EventStream.Publish(logged);
}
