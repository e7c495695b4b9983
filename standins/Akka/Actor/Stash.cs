using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Messages put aside; unstashed ones go before all others.</summary>
public interface IStash
{
    int Count { get; }
    bool IsEmpty { get; }
    bool NonEmpty { get; }
    bool IsFull { get; }
    int Capacity { get; }
    void Stash();
    void Unstash();
    void UnstashAll();
    void UnstashAll(Func<Envelope, bool> predicate);
    IEnumerable<Envelope> ClearStash();
    void Prepend(IEnumerable<Envelope> envelopes);
}

public interface IActorStash
{
    IStash Stash { get; set; }
}

public interface IWithUnboundedStash : IActorStash, IRequiresMessageQueue<IUnboundedDequeBasedMessageQueueSemantics>;

public interface IWithStash : IActorStash;

internal sealed class Stash(ActorCell cell) : IStash
{
    private List<Envelope> _messages = [];
    private long _lastTurn;

    public int Count => _messages.Count;
    public bool IsEmpty => Count == 0;
    public bool NonEmpty => Count > 0;
    public bool IsFull => false;
    public int Capacity => -1;

    void IStash.Stash()
    {
        if (_lastTurn == cell.Turn)
            throw new IllegalActorStateException($"Can't stash the same message {cell.CurrentMessage} more than once");
        _lastTurn = cell.Turn;
        _messages.Add(new Envelope(cell.CurrentMessage, cell.Sender));
    }

    public void Unstash()
    {
        if (IsEmpty) return;
        cell.Unstash(_messages[0]);
        _messages.RemoveAt(0);
    }

    public void UnstashAll() => UnstashAll(_ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        foreach (var envelope in Enumerable.Reverse(ClearStash().ToArray()).Where(predicate)) cell.Unstash(envelope);
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var messages = _messages;
        _messages = [];
        return messages;
    }

    public void Prepend(IEnumerable<Envelope> envelopes) => _messages.InsertRange(0, envelopes);
}
