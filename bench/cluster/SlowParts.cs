using System.Globalization;
using R1Reward.Actors.Protocol;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace R1Reward.Bench.Ways;

/// <summary>
/// What comes of a part that is slow: a judge that takes half a minute for a verdict, and a worker that takes ten times
/// as long as the other. Shows the queues, what an operator is told, and the memory that the process holds on to.
/// </summary>
internal static class SlowParts
{
    private const int Traces = 256;
    private const int Places = 64;
    private const int Prompts = 1500;

    private static readonly TimeSpan Verdict = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Slow = 10 * Quick;

    public static async Task MeasureAsync()
    {
        await JudgeAsync();
        await NodeAsync();
    }

    private static async Task JudgeAsync()
    {
        Console.WriteLine($"{Traces} traces, a judge of {Verdict.TotalSeconds} s with {Places} places");
        await using var cluster = new SimulatedCluster(new SimulatedRun(Traces, askJudge: true));
        cluster.Start(
            WorkKind.Rollout, "rollout", new SimulatedEngine(TimeSpan.Zero, capacity: 16, atOnce: 1, new BusyTime()));
        cluster.Start(WorkKind.Judge, "judge", new SimulatedEngine(Verdict, Places, Places, new BusyTime()));
        await cluster.BeginAsync();
        await ShowAsync(cluster, TimeSpan.FromSeconds(10));
    }

    private static async Task NodeAsync()
    {
        Console.WriteLine($"{Prompts} prompts, a worker of {Quick.TotalMilliseconds} ms and one ten times as slow");
        await using var cluster = new SimulatedCluster(new SimulatedRun(Prompts, askJudge: false));
        var (quick, slow) = (new BusyTime(), new BusyTime());
        cluster.Start(WorkKind.Rollout, "quick", new SimulatedEngine(Quick, capacity: 8, atOnce: 1, quick));
        cluster.Start(WorkKind.Rollout, "slow", new SimulatedEngine(Slow, capacity: 8, atOnce: 1, slow));
        await cluster.BeginAsync();
        await ShowAsync(cluster, TimeSpan.FromSeconds(5));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"quick: {quick.Items} items in {quick.Wall.TotalSeconds:N1} s; slow: {slow.Items} in "
            + $"{slow.Wall.TotalSeconds:N1} s"));
    }

    private static async Task ShowAsync(SimulatedCluster cluster, TimeSpan pause)
    {
        var began = Stopwatch.GetTimestamp();
        var end = cluster.EndAsync();
        while (await Task.WhenAny(end, Task.Delay(pause)) != end)
        {
            var details = await cluster.DetailsAsync();
            var queues = details.Queues.Select(queue =>
                $"{queue.Key}: {queue.Value.Open} open, {queue.Value.Leased} under way");
            var mebibytes = GC.GetTotalMemory(forceFullCollection: true) / 1048576.0;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s: {details.Status.Done} of "
                + $"{details.Status.Expected} traces; {string.Join("; ", queues)}; {mebibytes:N1} MiB; "
                + $"\"{details.Status.Message}\""));
        }

        await end;
        Console.WriteLine($"  over after {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s");
    }
}
