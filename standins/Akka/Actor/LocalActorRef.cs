using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>A ref to an actor of this process.</summary>
public sealed class LocalActorRef : InternalActorRefBase
{
    internal LocalActorRef(ActorSystemImpl system, Props props, IInternalActorRef parent, ActorPath path, MessageDispatcher dispatcher)
    {
        Path = path;
        Cell = new ActorCell(system, this, props, parent, dispatcher);
    }

    public override ActorPath Path { get; }
    public ActorCell Cell { get; }
    public override IInternalActorRef Parent => Cell.Parent;
    public override IActorRefProvider Provider => ((ExtendedActorSystem)Cell.System).Provider;
    public override bool IsTerminated => Cell.IsTerminated;
    public override bool IsLocal => true;

    public override void Start() => Cell.Start();
    public override void Suspend() => SendSystemMessage(new Suspend());
    public override void Resume(Exception causedByFailure = null) => SendSystemMessage(new Resume(causedByFailure));
    public override void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));
    public override void Stop() => SendSystemMessage(new Terminate());
    public override void SendSystemMessage(ISystemMessage message) => Cell.SendSystemMessage(message);

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        IInternalActorRef at = this;
        for (var i = 0; i < name.Count; i++)
        {
            var element = name[i];
            switch (element)
            {
                case "": continue;
                case "..": at = at.Parent; continue;
            }

            if (at is not LocalActorRef local) return at.GetChild(name.Skip(i).ToArray());
            at = local.Cell.SingleChild(element);
            if (at is Nobody) return at;
        }

        return at;
    }

    protected override void TellInternal(object message, IActorRef sender) => Cell.SendMessage(message, sender);
}
