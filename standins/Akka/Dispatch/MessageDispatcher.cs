using System.Collections.Concurrent;

namespace Akka.Dispatch;

/// <summary>Where actors run: gets a mailbox with work and runs it on some thread.</summary>
public abstract class MessageDispatcher
{
    private protected MessageDispatcher(string id, int throughput)
    {
        Id = id;
        Throughput = throughput;
    }

    public string Id { get; }

    /// <summary>Messages of one actor before another gets its turn.</summary>
    public int Throughput { get; }

    internal abstract void Execute(Mailbox mailbox);

    // An actor on this dispatcher has ended.
    internal virtual void Detach() { }

    internal virtual void Shutdown() { }
}

/// <summary>Runs on .NET's thread pool.</summary>
internal sealed class ThreadPoolDispatcher(string id, int throughput) : MessageDispatcher(id, throughput)
{
    internal override void Execute(Mailbox mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);
}

/// <summary>Runs on the sender's thread; for test actors.</summary>
internal sealed class CallingThreadDispatcher(string id) : MessageDispatcher(id, int.MaxValue)
{
    internal override void Execute(Mailbox mailbox) => mailbox.Execute();
}

/// <summary>Runs on threads of its own, so that a full .NET pool cannot hold it up.</summary>
internal sealed class DedicatedThreadsDispatcher : MessageDispatcher
{
    private readonly BlockingCollection<Mailbox> _queue = [];

    public DedicatedThreadsDispatcher(string id, int throughput, int threads, bool background) : base(id, throughput)
    {
        for (var i = 0; i < threads; i++) new Thread(Run) { IsBackground = background, Name = $"{id}_{i}" }.Start();
    }

    internal override void Execute(Mailbox mailbox)
    {
        // After the system's end nothing runs any more.
        if (!_queue.IsAddingCompleted) _queue.TryAdd(mailbox);
    }

    internal override void Shutdown() => _queue.CompleteAdding();

    private void Run()
    {
        foreach (var mailbox in _queue.GetConsumingEnumerable()) mailbox.Execute();
    }
}

/// <summary>One thread for one actor.</summary>
internal sealed class PinnedDispatcher(string id) : MessageDispatcher(id, int.MaxValue)
{
    private readonly DedicatedThreadsDispatcher _thread = new(id, int.MaxValue, threads: 1, background: true);

    internal override void Execute(Mailbox mailbox) => _thread.Execute(mailbox);
    internal override void Detach() => _thread.Shutdown();
    internal override void Shutdown() => _thread.Shutdown();
}
