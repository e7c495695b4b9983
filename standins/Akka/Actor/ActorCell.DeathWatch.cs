using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

public sealed partial class ActorCell
{
    // The value is the message of WatchWith, or null for a plain Terminated.
    private readonly Dictionary<IActorRef, object> _watching = [];
    private readonly HashSet<IActorRef> _watchedBy = [];

    // Watched actors whose Terminated lies in the mailbox; Unwatch takes it back.
    private readonly Dictionary<IActorRef, object> _terminatedQueued = [];

    public IActorRef Watch(IActorRef subject) => Watch(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Watch(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var watchee = (IInternalActorRef)subject;
        if (!watchee.Equals(Self) && _watching.Remove(watchee)) watchee.SendSystemMessage(new Unwatch(watchee, LocalSelf));
        _terminatedQueued.Remove(watchee);
        return watchee;
    }

    private IActorRef Watch(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var watchee = (IInternalActorRef)subject;
        if (!watchee.Equals(Self) && _watching.TryAdd(watchee, message)) watchee.SendSystemMessage(new Watch(watchee, LocalSelf));
        return watchee;
    }

    private void ReceivedTerminated(Terminated terminated)
    {
        if (_terminatedQueued.Remove(terminated.ActorRef, out var message)) ReceiveMessage(message ?? terminated);
    }

    private void WatchedActorTerminated(DeathWatchNotification ended)
    {
        if (_watching.Remove(ended.Actor, out var message) && _waitingFor is not Waiting.Termination)
        {
            _terminatedQueued[ended.Actor] = message;
            Mailbox.Enqueue(new Envelope(new Terminated(ended.Actor, ended.ExistenceConfirmed, ended.AddressTerminated), ended.Actor));
        }

        if (IsChild(ended.Actor)) HandleChildTerminated(ended.Actor);
    }

    private void AddWatcher(Watch watch)
    {
        if (watch.Watchee.Equals(Self) && !watch.Watcher.Equals(Self)) _watchedBy.Add(watch.Watcher);
        else if (watch.Watcher.Equals(Self)) Watch(watch.Watchee);
        else Publish(new Warning(Self.Path.ToString(), Props.Type, $"Illegal Watch({watch.Watchee},{watch.Watcher}) for {Self}"));
    }

    private void RemoveWatcher(Unwatch unwatch)
    {
        if (unwatch.Watchee.Equals(Self) && !unwatch.Watcher.Equals(Self)) _watchedBy.Remove(unwatch.Watcher);
        else if (unwatch.Watcher.Equals(Self)) Unwatch(unwatch.Watchee);
        else Publish(new Warning(Self.Path.ToString(), Props.Type, $"Illegal Unwatch({unwatch.Watchee},{unwatch.Watcher}) for {Self}"));
    }

    // Remote watchers first: once the local ones know, remoting itself may be on its way down.
    private void TellWatchersWeDied()
    {
        foreach (var watcher in _watchedBy.Cast<IInternalActorRef>().OrderBy(w => w.IsLocal))
            if (!watcher.Equals(Parent)) watcher.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
        _watchedBy.Clear();
    }

    private void UnwatchWatchedActors()
    {
        foreach (var watchee in _watching.Keys.Cast<IInternalActorRef>()) watchee.SendSystemMessage(new Unwatch(watchee, LocalSelf));
        _watching.Clear();
        _terminatedQueued.Clear();
    }
}
