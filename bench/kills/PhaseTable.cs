using System.Globalization;

namespace R1Reward.Bench.Kills;

/// <summary>Trials of all phases and groups, one row each.</summary>
internal static class PhaseTable
{
    /// <summary>Runs one trial after the other.</summary>
    /// <param name="phases">Names of the phases with commas between them, or <c>all</c>.</param>
    /// <param name="only">What the names of the groups begin with, with semicolons between; empty: all.</param>
    /// <returns>The exit code of the program.</returns>
    public static async Task<int> PrintAsync(string phases, string only)
    {
        var trials = (
            from phase in phases == "all" ? PhaseGroup.AllPhases : phases.Split(',')
            from grouped in PhaseGroup.All.Index()
            where grouped.Item.Phases.Contains(phase)
            where only.Split(';').Any(start => grouped.Item.Name.StartsWith(start, StringComparison.Ordinal))
            select new PhaseTrial(phase, grouped.Item, IsFirst(phase, grouped))).ToList();
        Console.WriteLine(
            "| killed in | `sharding` | rank | all notice, s | goes on, s | ranks | went back | records | load |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var failed = 0;
        foreach (var trial in trials)
        {
            var folder = Directory.CreateTempSubdirectory("r1reward-phases-").FullName;
            var (row, faults) = await trial.RunAsync(folder);
            var load = File.ReadAllText("/proc/loadavg").Split(' ')[1];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row} {load} | {faults}").TrimEnd());
            if (faults.Length == 0)
            {
                Directory.Delete(folder, recursive: true);
            }

            failed += faults.Length == 0 ? 0 : 1;
        }

        Console.WriteLine($"{trials.Count - failed} of {trials.Count} runs completed with every record once");
        return failed == 0 ? 0 : 1;
    }

    // By turns; alone the first rank writes a checkpoint of what all hold.
    private static bool IsFirst(string phase, (int Index, PhaseGroup Item) grouped) =>
        (phase == "checkpoint" && grouped.Item.IsWhole)
        || (grouped.Index + Array.IndexOf(PhaseGroup.AllPhases, phase)) % 2 == 0;
}
