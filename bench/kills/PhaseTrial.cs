using System.Globalization;

namespace R1Reward.Bench.Kills;

/// <summary>One run of workers that train together, one process of which ends in the middle of a phase.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Group">The workers.</param>
/// <param name="IsFirst">Whether the process is that of the first rank, which announces weights and reports.</param>
internal sealed record PhaseTrial(string Phase, PhaseGroup Group, bool IsFirst)
{
    private const int Before = 3;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // Within which those that are left are to notice.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>Runs to the end and gives what to print of it.</summary>
    /// <param name="folder">Where the run goes; empty.</param>
    /// <returns>The row of the table, and what is wrong; empty where all is well.</returns>
    public async Task<(string Row, string Faults)> RunAsync(string folder)
    {
        var hosts = new Hosts("", Group.Layout.Nodes.Count);
        var records = new TrialRecords(folder, Group.Layout, hosts);
        using var limit = new CancellationTokenSource(Patience);
        using var processes = new Processes(folder, Group.Layout, hosts);
        processes.Start();
        var what = $"| {Phase} | {Group.Name} | {(IsFirst ? "first" : "other")} |";
        try
        {
            bool IsOver() => processes.Command.HasExited;
            bool IsTogether() => records.Ranks.Count(ranks => ranks == Group.Ranks) >= Before;
            await UntilAsync(() => IsOver() || IsTogether(), limit.Token);
            if (IsOver())
            {
                return (what, $"the run ended at once, exit code {processes.Command.ExitCode} ({folder})");
            }

            IReadOnlyList<string> ranks = [];
            bool AreKnown() =>
                (ranks = Group.Stage == Layout.Updating ? records.Servers : processes.Together()).Count > 0;
            await UntilAsync(() => IsOver() || AreKnown(), limit.Token);
            if (ranks.Count == 0)
            {
                return (what, $"it was over before its ranks were known ({folder})");
            }

            var victim = IsFirst ? ranks[0] : ranks[^1];
            processes.EndIn(Phase, victim);
            await UntilAsync(() => IsOver() || processes.EndedIn(victim) is not null, limit.Token);
            if (processes.EndedIn(victim) is not { } end)
            {
                return (what, $"{Phase} did not come ({folder})");
            }

            await processes.Command.WaitForExitAsync(limit.Token);
            return Judge(what, folder, records, processes.Command.ExitCode, victim, end);
        }
        catch (OperationCanceledException)
        {
            return (what, $"not over after {Patience.TotalMinutes} min ({folder})");
        }
    }

    private (string Row, string Faults) Judge(
        string what, string folder, TrialRecords records, int exitCode, string victim, DateTimeOffset end)
    {
        var noticed = records.SaidLost(victim, end).ConvertAll(at => (at - end).TotalSeconds);
        // Those that are left still make a step of a stage whose exchange is over, or report it.
        var from = Group.Stage == Layout.Updating || noticed.Count == 0 ? end : end.AddSeconds(noticed.Max());
        var next = (records.NextStep(from) - end)?.TotalSeconds;
        List<string> faults = [.. records.Faults(exitCode)];
        void Expect(bool holds, string fault) => faults.AddRange(holds ? [] : [fault]);
        Expect(noticed.Count >= Group.Others, $"{noticed.Count} of {Group.Others} noticed");
        Expect(noticed.TrueForAll(seconds => seconds <= Soon.TotalSeconds), "noticed late");
        Expect(records.RolledBack == (Group.LosesParts ? 1 : 0), $"went back {records.RolledBack} times");
        Expect(records.Ranks[^1] == Group.RanksAfter, $"{records.Ranks[^1]} ranks at the end");
        string Text(double? seconds) => seconds?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
        double? slowest = noticed.Count == 0 ? null : noticed.Max();
        return (
            $"{what} {Text(slowest)} | {Text(next)} | {Group.Ranks} -> {records.Ranks[^1]} | {records.RolledBack} | "
            + (faults.Count == 0 ? "once |" : $"{string.Join("; ", faults)} |"),
            faults.Count == 0 ? "" : folder);
    }

    private static async Task UntilAsync(Func<bool> isSo, CancellationToken cancel)
    {
        while (!isSo())
        {
            await Task.Delay(Poll, TimeProvider.System, cancel);
        }
    }
}
