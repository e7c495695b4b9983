using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// An actor's queues: system messages, which go first, and user messages. Whoever finds work and the mailbox idle
/// schedules it; one thread at a time runs it.
/// </summary>
internal sealed class Mailbox : IThreadPoolWorkItem
{
    private readonly ActorCell _cell;
    private readonly MessageDispatcher _dispatcher;
    private readonly ConcurrentQueue<Envelope> _user = new();
    private readonly ConcurrentQueue<ISystemMessage> _system = new();

    // Unstashed messages, ahead of the queue; touched on the actor's own turn only.
    private readonly Stack<Envelope> _front = new();
    private volatile int _frontCount;
    private volatile int _suspensions;
    private volatile int _awaitedTasks;
    private int _closed;
    private int _scheduled;

    public Mailbox(ActorCell cell, MessageDispatcher dispatcher)
    {
        _cell = cell;
        _dispatcher = dispatcher;
    }

    public bool IsSuspended => _suspensions > 0 || _awaitedTasks > 0;
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    public void Suspend() => _suspensions++;
    public void Resume() => _suspensions = Math.Max(0, _suspensions - 1);
    public void BeginTask() => _awaitedTasks++;
    public void EndTask() => _awaitedTasks--;

    public void Enqueue(Envelope envelope)
    {
        _user.Enqueue(envelope);
        if (IsClosed) Drain();
        else if (_scheduled == 0) Schedule();
    }

    public void Enqueue(ISystemMessage message)
    {
        _system.Enqueue(message);
        if (IsClosed) Drain();
        else Schedule();
    }

    /// <summary>Queues the actor's creation, before anybody else knows the mailbox; it runs with the first <see cref="Schedule"/>.</summary>
    public void Prepare(Create creation) => _system.Enqueue(creation);

    public void Prepend(Envelope envelope)
    {
        _front.Push(envelope);
        _frontCount++;
    }

    public void Schedule()
    {
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) != 0) return;
        try
        {
            _dispatcher.Execute(this);
        }
        catch
        {
            Volatile.Write(ref _scheduled, 0);
            throw;
        }
    }

    public void Execute()
    {
        try
        {
            RunSystem();
            for (var left = _dispatcher.Throughput; left > 0 && !IsClosed && !IsSuspended && TryTake(out var envelope); left--)
            {
                _cell.Invoke(envelope);
                RunSystem();
            }
        }
        finally
        {
            Interlocked.Exchange(ref _scheduled, 0);
            if (!IsClosed && (!_system.IsEmpty || (!IsSuspended && (_frontCount > 0 || !_user.IsEmpty)))) Schedule();
        }
    }

    /// <summary>After the actor's end: everything queued, and whatever still comes, goes to dead letters.</summary>
    public void Close()
    {
        Interlocked.Exchange(ref _closed, 1);
        while (_front.TryPop(out var envelope)) _cell.ToDeadLetters(envelope);
        Drain();
    }

    private void Drain()
    {
        while (_system.TryDequeue(out var message)) _cell.ToDeadLetters(message);
        while (_user.TryDequeue(out var envelope)) _cell.ToDeadLetters(envelope);
    }

    private void RunSystem()
    {
        while (!IsClosed && _system.TryDequeue(out var message)) _cell.SystemInvoke(message);
    }

    private bool TryTake(out Envelope envelope)
    {
        if (_frontCount == 0) return _user.TryDequeue(out envelope);
        envelope = _front.Pop();
        _frontCount--;
        return true;
    }
}
