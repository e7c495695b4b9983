using System.Globalization;
using R1Reward.Actors.Protocol;

namespace R1Reward.Bench.Ways;

/// <summary>
/// How much of their time 64 workers of another process's actor system are at work that take an item of 50 ms at a time
/// from a coordinator, with everything between them as in a run: with one item in hand, and with the next one, too, as
/// engines of rollouts have it.
/// </summary>
internal static class CoordinationEfficiency
{
    private const int Workers = 64;
    private const int ItemsPerWorker = 60;

    private static readonly TimeSpan Item = TimeSpan.FromMilliseconds(50);

    public static async Task MeasureAsync()
    {
        // Two rounds, until the run-time compiles little more.
        await MeasureAsync("warm-up", inHand: 1);
        await MeasureAsync("warm-up", inHand: 1);
        await MeasureAsync("measured", inHand: 1);
        await MeasureAsync("measured", inHand: 2);
    }

    private static async Task MeasureAsync(string round, int inHand)
    {
        await using var cluster = new SimulatedCluster(new SimulatedRun(Workers * ItemsPerWorker, askJudge: false));
        var busy = new BusyTime();
        for (var worker = 0; worker < Workers; worker++)
        {
            cluster.Start(WorkKind.Rollout, $"rollout-{worker}", new SimulatedEngine(Item, inHand, atOnce: 1, busy));
        }

        await cluster.BeginAsync();
        await cluster.EndAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{round}: {Workers} workers with {inHand} in hand, {busy.Items} items of {Item.TotalMilliseconds} ms "
            + $"in {busy.Wall.TotalSeconds:N2} s: {busy.Total / (Workers * busy.Wall):P1} of their time at work"));
    }
}
