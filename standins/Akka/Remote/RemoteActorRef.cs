using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>A ref to an actor of another system.</summary>
public sealed class RemoteActorRef : InternalActorRefBase
{
    private readonly Remoting _remoting;

    internal RemoteActorRef(Remoting remoting, IActorRefProvider provider, ActorPath path)
    {
        _remoting = remoting;
        Provider = provider;
        Path = path;
    }

    public override ActorPath Path { get; }
    public override IActorRefProvider Provider { get; }
    public override IInternalActorRef Parent => Path.Depth == 0 ? this : new RemoteActorRef(_remoting, Provider, Path.Parent);
    public override bool IsTerminated => false;
    public override bool IsLocal => false;

    public override IActorRef GetChild(IReadOnlyList<string> name) =>
        name.All(string.IsNullOrEmpty) ? this : new RemoteActorRef(_remoting, Provider, Path / name);

    public override void Stop() => SendSystemMessage(new Terminate());

    /// <summary>Death watch and stop cross the wire; the rest concerns children, which live with their parent.</summary>
    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Watch watch: _remoting.Watcher.Watch(this, watch.Watcher); break;
            case Unwatch unwatch: _remoting.Watcher.Unwatch(this, unwatch.Watcher); break;
            case DeathWatchNotification ended: _remoting.SendTerminated(this, ended); break;
            case Terminate: _remoting.SendStop(this); break;
        }
    }

    public override void Start() { }
    public override void Suspend() { }
    public override void Resume(Exception causedByFailure = null) { }
    public override void Restart(Exception cause) { }

    protected override void TellInternal(object message, IActorRef sender) => _remoting.Send(message, sender, this);
}
