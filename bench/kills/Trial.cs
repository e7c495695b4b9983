using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;
using R1Reward.Data.Randomness;

namespace R1Reward.Bench.Kills;

/// <summary>One run that loses some of its processes.</summary>
/// <param name="seed">Decides on the layout, the victims and the moment.</param>
/// <param name="layouts">The layouts to choose from.</param>
/// <param name="folder">Where the run goes; empty.</param>
internal sealed class Trial(int seed, IReadOnlyList<Layout> layouts, string folder)
{
    private const int Steps = 60;
    private const int ColdStartSteps = 20;
    private const int Traces = (Steps * 4) + 2 + (2 * 2) + (2 * 2);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private string Run => Path.Combine(folder, "runs", "kills");

    /// <summary>Runs to the end, or until patience is over.</summary>
    public async Task<TrialResult> RunAsync()
    {
        var random = CounterRandom.For(seed, "kills");
        var layout = random.Pick(layouts);
        var victims = random.Pick(layout.Victims);
        var after = random.Between(1, Steps / 2);
        using var limit = new CancellationTokenSource(Patience);
        using var processes = new Processes(folder, layout);
        processes.Start();
        var what = $"{layout.Name} ({string.Join(" and ", victims)}) after update {after}";
        try
        {
            await UntilAsync(() => processes.Command.HasExited || StepsOf("rl").Count >= after, limit.Token);
            var killed = TimeProvider.System.GetUtcNow();
            foreach (var victim in victims)
            {
                processes.Signal(layout.Signal, victim);
            }

            if (layout.Revives && layout.Nodes.Count > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, limit.Token);
                victims.ToList().ForEach(processes.StartNode);
            }

            await processes.Command.WaitForExitAsync(limit.Token);
            var faults = Faults(processes.Command.ExitCode);
            return new TrialResult(seed, what, faults, EpochAfter(killed), PauseAfter(killed));
        }
        catch (OperationCanceledException)
        {
            return new TrialResult(seed, what, $"not over after {Patience.TotalMinutes} min", null, null);
        }
    }

    private static async Task UntilAsync(Func<bool> isSo, CancellationToken cancel)
    {
        while (!isSo())
        {
            await Task.Delay(Poll, TimeProvider.System, cancel);
        }
    }

    private List<int> StepsOf(string phase) =>
        [.. Lines("metrics.jsonl").Where(line => (string?)line["phase"] == phase).Select(line => (int)line["step"]!)];

    private IEnumerable<JObject> Lines(string file) => JsonLines.Read(Path.Combine(Run, file));

    private string Faults(int exitCode)
    {
        var ids = Lines("traces.jsonl").Select(line => (string)line["id"]!).ToList();
        var evaluations = Lines("metrics.jsonl")
            .Select(line => (string)line["phase"]!)
            .Where(phase => phase.StartsWith("eval-", StringComparison.Ordinal))
            .Order()
            .ToList();
        var (updates, coldStart) = (StepsOf("rl"), StepsOf("sft"));
        List<string> faults = [];
        void Expect(bool holds, string fault) => faults.AddRange(holds ? [] : [fault]);
        Expect(exitCode == 0, $"exit code {exitCode}");
        Expect(updates.SequenceEqual(Enumerable.Range(1, Steps)), $"updates {string.Join(',', updates)}");
        Expect(coldStart.SequenceEqual(Enumerable.Range(1, ColdStartSteps)), $"{coldStart.Count} cold-start lines");
        Expect(ids.Count == Traces, $"{ids.Count} traces");
        Expect(ids.Distinct().Count() == ids.Count, $"{ids.Distinct().Count()} ids of {ids.Count} traces");
        Expect(
            evaluations.SequenceEqual(["eval-rl", "eval-sft", "eval-step-20", "eval-step-40"]),
            string.Join(',', evaluations));
        return string.Join("; ", faults);
    }

    private IEnumerable<(string Kind, DateTimeOffset At)> Journal() => Lines("journal.jsonl").Select(line => (
        (string)line["Kind"]!,
        DateTimeOffset.Parse((string)line["At"]!, CultureInfo.InvariantCulture)));

    private double? EpochAfter(DateTimeOffset killed) => Journal()
        .Where(line => line.Kind == "EpochStarted" && line.At > killed)
        .Select(line => (double?)(line.At - killed).TotalSeconds)
        .FirstOrDefault();

    // What was under way elsewhere still comes in for a moment: the longest pause is what the loss has cost.
    private double? PauseAfter(DateTimeOffset killed)
    {
        var times = Journal().Where(line => line.Kind is "StepLearned" or "Evaluated" or "Finished")
            .Select(line => line.At)
            .Where(at => at > killed)
            .Prepend(killed)
            .ToList();
        return times.Zip(times.Skip(1)).Select(pair => (double?)(pair.Second - pair.First).TotalSeconds).Max();
    }
}
