namespace Akka.Remote;

/// <summary>
/// A thread of its own with a queue of actions and timers, for what must go on while the thread pool is starved:
/// heartbeats, membership, death watch. Whatever runs here is short and never blocks.
/// </summary>
internal sealed class TimerLoop : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _ready = new();
    private readonly PriorityQueue<Action, long> _timers = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Action<Exception> _onError;
    private readonly Thread _thread;
    private volatile bool _stopped;

    public TimerLoop(string name, Action<Exception> onError)
    {
        _onError = onError;
        _thread = new Thread(Run) { IsBackground = true, Name = name, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Post(Action action)
    {
        lock (_gate) _ready.Enqueue(action);
        _wake.Set();
    }

    public void After(TimeSpan delay, Action action)
    {
        lock (_gate) _timers.Enqueue(action, Environment.TickCount64 + (long)delay.TotalMilliseconds);
        _wake.Set();
    }

    /// <summary>First after one interval; ticks that a stall has missed are not made up for.</summary>
    public void Every(TimeSpan interval, Action action) => After(interval, () =>
    {
        Every(interval, action);
        action();
    });

    /// <summary>Ends after the action under way; what is queued is dropped.</summary>
    public void Dispose()
    {
        _stopped = true;
        _wake.Set();
        if (Thread.CurrentThread != _thread) _thread.Join();
    }

    private void Run()
    {
        while (!_stopped)
        {
            if (Next(out var wait) is not { } action)
            {
                _wake.WaitOne(wait);
                continue;
            }

            try
            {
                action();
            }
            catch (Exception e)
            {
                _onError(e);
            }
        }
    }

    private Action Next(out int wait)
    {
        lock (_gate)
        {
            wait = Timeout.Infinite;
            if (_timers.TryPeek(out _, out var due))
            {
                var left = due - Environment.TickCount64;
                if (left <= 0) return _timers.Dequeue();
                wait = (int)Math.Min(left, int.MaxValue);
            }

            return _ready.TryDequeue(out var action) ? action : null;
        }
    }
}
