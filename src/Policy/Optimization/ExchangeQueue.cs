using System.Diagnostics;
using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// Exchanges beside a pass, one after the other in the order in which the thread of the pass asks for them: all ranks
/// go through the same passes, so it is the same order on all of them, however fast each is.
/// </summary>
internal sealed class ExchangeQueue
{
    private Task _last = Task.CompletedTask;

    /// <summary>Time in which passes have stood still for exchanges.</summary>
    internal TimeSpan Waited { get; private set; }

    /// <summary>Has an exchange made once those before it have ended; it fails where one of them fails.</summary>
    internal Task Add(Action exchange)
    {
        // What has failed says so to whoever waits for it; the ranks say it again.
        var before = _last.IsCompleted ? Task.CompletedTask : _last;
        _last = before.ContinueWith(
            ended =>
            {
                ended.GetAwaiter().GetResult();
                exchange();
            },
            CancellationToken.None,
            TaskContinuationOptions.LongRunning,
            TaskScheduler.Default);
        return _last;
    }

    /// <summary>Blocks until an exchange is over, and counts the time as waited.</summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    internal void Await(Task exchange)
    {
        var start = Stopwatch.GetTimestamp();
        exchange.GetAwaiter().GetResult();
        Waited += Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Waits until an exchange has ended, well or not.</summary>
    internal static void AwaitEnd(Task exchange) => ((IAsyncResult)exchange).AsyncWaitHandle.WaitOne();
}
