using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace R1Reward.Policy.Devices;

/// <summary>
/// The one thread on which all tensor work of an engine runs. Dispose scopes, grad mode and thread settings belong to a
/// thread, so none of them may cross an await; callers await the returned tasks instead.
/// </summary>
public sealed class TorchThread : IDisposable
{
    private readonly BlockingCollection<Action> _queue = [];
    private readonly Thread _thread;

    /// <summary>Starts the thread and sets how many threads libtorch uses for its work.</summary>
    /// <param name="name">Shown by debuggers.</param>
    /// <param name="nativeThreads">Threads of libtorch; 0 takes all processors.</param>
    public TorchThread(string name, int nativeThreads = 0)
    {
        var threads = nativeThreads > 0 ? nativeThreads : Environment.ProcessorCount;
        _thread = new Thread(() => Work(threads)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Queues work and completes with its result; an exception fails the task and leaves the thread running.
    /// </summary>
    public Task<T> Run<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(() =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (Exception failure)
            {
                completion.SetException(failure);
            }
        });
        return completion.Task;
    }

    /// <summary>Queues work that has no result.</summary>
    public Task Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>Finishes the queued work and ends the thread. Not to be called from the thread itself.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Work(int threads)
    {
        set_num_threads(threads);
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            work();
        }
    }
}
