using System.Text.RegularExpressions;

namespace Akka.Actor;

/// <summary>A path to look up at each message, from an anchor; elements may hold * and ? and "..".</summary>
public class ActorSelection : ICanTell
{
    public ActorSelection(IActorRef anchor, string path) : this(anchor, path.Split('/')) { }

    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
    {
        Anchor = anchor;
        Elements = elements.Where(e => e.Length > 0).ToArray();
    }

    public IActorRef Anchor { get; }
    public string PathString => "/" + string.Join('/', Elements);
    internal IReadOnlyList<string> Elements { get; }

    public void Tell(object message, IActorRef sender = null)
    {
        sender ??= ActorCell.Current?.Self;
        if (Elements.Count == 0) Anchor.Tell(message, sender);
        else new ActorSelectionMessage(message, Elements).DeliverFrom((IInternalActorRef)Anchor, sender);
    }

    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        ActorIdentity identity;
        try
        {
            identity = await this.Ask<ActorIdentity>(new Identify(null), timeout, ct).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            throw new ActorNotFoundException("subject was unknown", e);
        }

        return identity.Subject ?? throw new ActorNotFoundException($"No actor at [{Anchor.Path}{PathString}].");
    }

    public override string ToString() => $"ActorSelection[Anchor({Anchor.Path}), Path({PathString})]";
}

public class ActorNotFoundException : AkkaException
{
    public ActorNotFoundException() { }
    public ActorNotFoundException(string message, Exception innerException = null) : base(message, innerException) { }
}

internal static class ActorRefFactoryShared
{
    public static ActorSelection ActorSelection(string path, ActorSystemImpl system, IActorRef lookupRoot)
    {
        if (string.IsNullOrEmpty(path)) return new ActorSelection(system.DeadLetters, "");
        if (path[0] == '/') return new ActorSelection(system.Provider.RootGuardian, path);
        if (ActorPath.TryParse(path, out var parsed)) return ActorSelection(parsed, system);
        return path.Contains("://") ? new ActorSelection(system.DeadLetters, "") : new ActorSelection(lookupRoot, path);
    }

    public static ActorSelection ActorSelection(ActorPath path, ActorSystemImpl system) =>
        new(system.Provider.RootGuardianAt(path.Address), path.Elements);
}

/// <summary>A selected message on its way; a ref of another system sends it over as a whole.</summary>
public class ActorSelectionMessage : IAutoReceivedMessage, IPossiblyHarmful, IWrappedMessage
{
    internal ActorSelectionMessage(object message, IReadOnlyList<string> elements)
    {
        Message = message;
        Elements = elements;
    }

    public object Message { get; }
    internal IReadOnlyList<string> Elements { get; }

    internal void DeliverFrom(IInternalActorRef anchor, IActorRef sender) => Deliver(anchor, 0, sender);

    private void Deliver(IInternalActorRef at, int index, IActorRef sender)
    {
        for (; index < Elements.Count; index++)
        {
            if (!at.IsLocal)
            {
                at.Tell(new ActorSelectionMessage(Message, Elements.Skip(index).ToArray()), sender);
                return;
            }

            var element = Elements[index];
            if (element == "..")
            {
                at = at.Parent;
                continue;
            }

            if (element.AsSpan().IndexOfAny('*', '?') >= 0)
            {
                var pattern = new Regex("^" + Regex.Escape(element).Replace("\\*", ".*").Replace("\\?", ".") + "$", RegexOptions.CultureInvariant);
                var children = at is LocalActorRef local ? local.Cell.GetChildren() : [];
                foreach (var child in children.Where(c => pattern.IsMatch(c.Path.Name))) Deliver(child, index + 1, sender);
                return;
            }

            var next = at.GetChild([element]);
            if (next is Nobody)
            {
                var missing = new EmptyLocalActorRef(at.Provider, at.Path / Elements.Skip(index), at.Provider.SerializationInformation.System.EventStream);
                missing.Tell(Message, sender);
                return;
            }

            at = (IInternalActorRef)next;
        }

        at.Tell(Message, sender);
    }
}
