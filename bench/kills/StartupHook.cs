using System.Collections.Concurrent;
using System.Diagnostics;

/// <summary>
/// Ends the process it is loaded into (<c>DOTNET_STARTUP_HOOKS</c>) as <c>kill -9</c> does, in the middle of a phase of
/// training: when half of the time is over that the phase took before. Which phase is in a file that R1_KILL_AT names;
/// until it is there, nothing happens. What the time was then is in the file of that name with <c>.done</c>.
/// </summary>
internal static class StartupHook
{
    private static readonly ConcurrentDictionary<string, TimeSpan> _usual = [];
    private static readonly string _order = Environment.GetEnvironmentVariable("R1_KILL_AT") ?? "";
    private static Activity? _last;

    /// <summary>Called by the runtime before the program's own beginning.</summary>
    public static void Initialize() => ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = source => source.Name == "R1Reward.Training",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        ActivityStarted = Begin,
        ActivityStopped = End,
    });

    private static void Begin(Activity phase)
    {
        if (File.Exists(_order)
            && File.ReadAllText(_order) == phase.OperationName
            && _usual.TryGetValue(phase.OperationName, out var usual)
            && Interlocked.CompareExchange(ref _last, phase, null) is null)
        {
            Note(TimeProvider.System.GetUtcNow() + (usual / 2));
            new Thread(() => EndAfter(usual / 2)).Start();
        }
    }

    // At its end at the latest.
    private static void End(Activity phase)
    {
        if (phase == _last)
        {
            Note(TimeProvider.System.GetUtcNow());
            Process.GetCurrentProcess().Kill();
        }

        _usual[phase.OperationName] = phase.Duration;
    }

    // Whole at any moment: the process may be ended while it is replaced.
    private static void Note(DateTimeOffset end)
    {
        File.WriteAllText(_order + ".noted", $"{end:O}");
        File.Move(_order + ".noted", _order + ".done", overwrite: true);
    }

    private static void EndAfter(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            Thread.SpinWait(20);
        }

        Process.GetCurrentProcess().Kill();
    }
}
