using R1Reward.Data.Randomness;

namespace R1Reward.Bench.Kills;

/// <summary>One run in which something happens to some of its processes.</summary>
/// <param name="seed">Decides on the layout, the victims and the moment.</param>
/// <param name="layouts">The layouts to choose from.</param>
/// <param name="namespaces">What the hosts' namespaces begin with; empty: all on loopback.</param>
/// <param name="folder">Where the run goes; empty.</param>
internal sealed class Trial(int seed, IReadOnlyList<Layout> layouts, string namespaces, string folder)
{
    // The fault comes in the first updates, in which a run of any layout still has most of its work before it.
    private const int LatestFault = 30;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenKillAndStart = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Slowness = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(30);

    // How long a run may stand still where what it lost is there twice, and a healed host may stay away.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Runs to the end, or until patience is over.</summary>
    public async Task<TrialResult> RunAsync()
    {
        var random = CounterRandom.For(seed, "kills");
        var layout = random.Pick(layouts);
        var victims = random.Pick(layout.Victims);
        var after = random.Between(1, LatestFault);
        var hosts = new Hosts(namespaces, layout.Nodes.Count);
        var records = new TrialRecords(folder, layout, hosts);
        using var limit = new CancellationTokenSource(Patience);
        using var processes = new Processes(folder, layout, hosts);
        processes.Start();
        var what = $"{layout.Name} ({string.Join(" and ", victims)}) after update {after}";
        try
        {
            await UntilAsync(() => processes.Command.HasExited || records.Updates >= after, limit.Token);
            var fault = TimeProvider.System.GetUtcNow();
            var healed = await HitAsync(layout.Fault, victims, processes, hosts, limit.Token);
            await processes.Command.WaitForExitAsync(limit.Token);
            if (healed is { } heal && layout.Fault is Fault.Part or Fault.Restart)
            {
                var end = heal + Longest;
                bool IsOver() =>
                    records.Back(victims, heal) is not null || TimeProvider.System.GetUtcNow() > end;
                await UntilAsync(IsOver, limit.Token);
            }

            var times = records.Times(fault, healed, victims);
            var faults = records.Faults(processes.Command.ExitCode)
                .Concat(Slow(layout, times))
                .Concat(records.TakeOvers > 1 ? [$"taken over {records.TakeOvers} times"] : []);
            return new TrialResult(seed, what, string.Join("; ", faults), times);
        }
        catch (OperationCanceledException)
        {
            return new TrialResult(seed, what, $"not over after {Patience.TotalMinutes} min", null);
        }
    }

    // Does it, and says when the victims could work again; null where they cannot.
    private static async Task<DateTimeOffset?> HitAsync(
        Fault fault, string[] victims, Processes processes, Hosts hosts, CancellationToken cancel)
    {
        switch (fault)
        {
            case Fault.Kill:
                Signal("KILL");
                return null;
            case Fault.Freeze:
                Signal("STOP");
                return null;
            case Fault.KillAndStartAgain:
                Signal("KILL");
                await Task.Delay(BetweenKillAndStart, TimeProvider.System, cancel);
                Array.ForEach(victims, processes.StartNode);
                break;
            case Fault.Restart:
                Signal("TERM");
                await Task.WhenAll(victims.Select(victim => processes.EndedAsync(victim, cancel)));
                Array.ForEach(victims, processes.StartNode);
                break;
            case Fault.Pause:
                Signal("STOP");
                await Task.Delay(Slowness, TimeProvider.System, cancel);
                Signal("CONT");
                break;
            case Fault.InPhase:
                throw new InvalidOperationException("a phase is no moment of a trial by seed");
            default:
                Array.ForEach(victims, victim => hosts.Connect(int.Parse(victim), isConnected: false));
                await Task.Delay(Parting, TimeProvider.System, cancel);
                Array.ForEach(victims, victim => hosts.Connect(int.Parse(victim), isConnected: true));
                break;
        }

        return TimeProvider.System.GetUtcNow();

        void Signal(string signal) => Array.ForEach(victims, victim => processes.Signal(signal, victim));
    }

    private static IEnumerable<string> Slow(Layout layout, TrialTimes times)
    {
        var isBounded = layout.Fault is Fault.Freeze or Fault.Part or Fault.Restart or Fault.Pause;
        if (isBounded && !(times.Pause <= Longest.TotalSeconds))
        {
            yield return $"no result for {times.Pause:0.0} s";
        }

        if (layout.Fault is Fault.Part or Fault.Restart && times.Back is null)
        {
            yield return $"not back within {Longest.TotalSeconds} s";
        }
    }

    private static async Task UntilAsync(Func<bool> isSo, CancellationToken cancel)
    {
        while (!isSo())
        {
            await Task.Delay(Poll, TimeProvider.System, cancel);
        }
    }
}
