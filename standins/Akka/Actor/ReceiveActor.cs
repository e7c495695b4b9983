namespace Akka.Actor;

/// <summary>Handlers declared in the constructor or inside <c>Become</c>; the first that matches wins.</summary>
public abstract class ReceiveActor : UntypedActor
{
    private List<Func<object, bool>> _building;
    private bool _closed;
    private UntypedReceive _first;

    protected ReceiveActor() => _building = [];

    // Called by the cell once the constructor has returned, when the first set of handlers is complete.
    internal void CompleteConstruction()
    {
        _first = Build(_building);
        _building = null;
    }

    protected sealed override void OnReceive(object message) => _first(message);

    protected void Become(Action configure) => base.Become(Configure(configure));
    protected void BecomeStacked(Action configure) => base.BecomeStacked(Configure(configure));

    protected void Receive<T>(Action<T> handler, Predicate<T> shouldHandle = null) =>
        Add(shouldHandle, message =>
        {
            handler(message);
            return true;
        });

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);
    protected void Receive<T>(Func<T, bool> handler) => Add(null, handler, mayDecline: true);

    protected void Receive(Type messageType, Action<object> handler, Predicate<object> shouldHandle = null) =>
        Add<object>(message => messageType.IsInstanceOfType(message) && (shouldHandle is null || shouldHandle(message)), message =>
        {
            handler(message);
            return true;
        });

    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Receive(messageType, handler, shouldHandle);

    protected void Receive(Type messageType, Func<object, bool> handler) =>
        Add<object>(messageType.IsInstanceOfType, handler, mayDecline: true);

    protected void ReceiveAny(Action<object> handler) => Receive(handler);

    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T> shouldHandle = null) =>
        Receive(message => RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => ReceiveAsync(handler, shouldHandle);

    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object> shouldHandle = null) =>
        Receive(messageType, message => RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        ReceiveAsync(messageType, handler, shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAsync(handler);

    private UntypedReceive Configure(Action configure)
    {
        var (outer, outerClosed) = (_building, _closed);
        var handlers = new List<Func<object, bool>>();
        (_building, _closed) = (handlers, false);
        try
        {
            configure();
        }
        finally
        {
            (_building, _closed) = (outer, outerClosed);
        }

        return Build(handlers);
    }

    private void Add<T>(Predicate<T> shouldHandle, Func<T, bool> handler, bool mayDecline = false)
    {
        if (_building is null)
            throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become().");
        if (_closed)
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");
        _building.Add(message => message is T typed && (shouldHandle is null || shouldHandle(typed)) && handler(typed));
        _closed = typeof(T) == typeof(object) && shouldHandle is null && !mayDecline;
    }

    private UntypedReceive Build(List<Func<object, bool>> handlers)
    {
        var all = handlers.ToArray();
        return message =>
        {
            foreach (var handler in all)
                if (handler(message)) return;
            Unhandled(message);
        };
    }
}
