using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;

namespace R1Reward.Bench.Kills;

/// <summary>What a trial's run and its processes left behind.</summary>
/// <param name="folder">The trial's folder.</param>
/// <param name="layout">Its processes.</param>
/// <param name="hosts">Where they ran.</param>
internal sealed class TrialRecords(string folder, Layout layout, Hosts hosts)
{
    private IEnumerable<string> Numbers => Enumerable.Range(0, layout.Nodes.Count).Select(number => $"{number}");

    private string Run => Path.Combine(folder, "runs", "kills");

    /// <summary>Updates that metrics.jsonl has.</summary>
    public int Updates => StepsOf(Layout.Updating).Count;

    /// <summary>What is not as it should be once a run is over; empty where all is.</summary>
    public IEnumerable<string> Faults(int exitCode)
    {
        var ids = Lines("traces.jsonl").Select(line => (string)line["id"]!).ToList();
        var evaluations = Lines("metrics.jsonl")
            .Select(line => (string)line["phase"]!)
            .Where(phase => phase.StartsWith("eval-", StringComparison.Ordinal))
            .ToList();
        var (updates, coldStart, scalar) =
            (StepsOf(Layout.Updating), StepsOf(Layout.ColdStart), StepsOf(Layout.Scalar));
        List<string> faults = [];
        void Expect(bool holds, string fault) => faults.AddRange(holds ? [] : [fault]);
        bool AreAll(IEnumerable<int> steps, int count) => steps.SequenceEqual(Enumerable.Range(1, count));
        Expect(exitCode == 0, $"exit code {exitCode}");
        Expect(AreAll(updates, layout.Updates), $"updates {string.Join(',', updates)}");
        Expect(AreAll(coldStart, layout.ColdStartSteps), $"{coldStart.Count} cold-start lines");
        Expect(AreAll(scalar, layout.ScalarSteps), $"{scalar.Count} lines of a scalar model");
        Expect(ids.Count == layout.Traces, $"{ids.Count} traces");
        Expect(ids.Distinct().Count() == ids.Count, $"{ids.Distinct().Count()} ids of {ids.Count} traces");
        Expect(
            evaluations.Order(StringComparer.Ordinal).SequenceEqual(
                layout.Evaluations.Order(StringComparer.Ordinal)),
            string.Join(',', evaluations));
        return faults;
    }

    /// <summary>
    /// How often another coordinator took the run over: one that goes back to a checkpoint takes an epoch as well.
    /// </summary>
    public int TakeOvers =>
        Journal().Count(line => line.Kind == "EpochStarted") - Journal().Count(line => line.Kind == "RolledBack") - 1;

    /// <summary>How often the run went back to a checkpoint; a cold start or scalar model does so by itself.</summary>
    public int RolledBack => layout.Stage == Layout.Updating
        ? Journal().Count(line => line.Kind == "RolledBack")
        : Numbers.SelectMany(Said).Count(line => line.Contains("goes on from its last checkpoint"));

    /// <summary>Ranks of each step of the stage in metrics.jsonl; 1 where one worker made it alone.</summary>
    public List<int> Ranks => [.. Steps.Select(line => (int?)line["learners"] ?? 1)];

    /// <summary>Nodes of the ranks that serve the newest weights, the first one first.</summary>
    public List<string> Servers
    {
        get
        {
            var blob = Lines("journal.jsonl").Last(line => line["Weights"]?.HasValues ?? false)["Weights"]!["Blob"]!;
            var nodes = blob["Copies"]!.Select(copy => (string)copy["Node"]!).Prepend((string)blob["Node"]!).ToList();
            return [.. nodes.Select(node => Numbers.Single(number => hosts.NodeAddress(int.Parse(number)) == node))];
        }
    }

    /// <summary>When each rank that is left first said, after a time, which one is lost; not the coordinator.</summary>
    public List<DateTimeOffset> SaidLost(string victim, DateTimeOffset after) =>
    [
        .. from number in Numbers
           where number != victim
           let lines = from line in Said(number)
                       where line.Contains(" is lost: ", StringComparison.Ordinal)
                           && !line.EndsWith(" is out", StringComparison.Ordinal)
                       let at = DateTimeOffset.Parse(line[..line.IndexOf(' ')], CultureInfo.InvariantCulture)
                       where at > after
                       select (DateTimeOffset?)at
           let first = lines.FirstOrDefault()
           where first is not null
           select first.Value,
    ];

    /// <summary>When the next update or step of the stage after a time was made.</summary>
    public DateTimeOffset? NextStep(DateTimeOffset after) => layout.Stage == Layout.Updating
        ? At(Journal().Where(line => line.Kind == "StepLearned").Select(line => line.At), after)
        : At(Steps.Select(line => (DateTimeOffset)line["time"]!), after);

    /// <summary>What followed a fault, and how soon.</summary>
    /// <param name="fault">When it was.</param>
    /// <param name="healed">When it ended, or the victims were started anew; null where they were not.</param>
    /// <param name="victims">Who was hit.</param>
    public TrialTimes Times(DateTimeOffset fault, DateTimeOffset? healed, IReadOnlyList<string> victims)
    {
        var detected = layout.Nodes.Count == 0 ? ChildEnded(fault) : Said(victims, "does not answer", fault);
        var removed = layout.Nodes.Count == 0 ? detected : Said(victims, "left", fault);
        var epoch = At(Journal().Where(line => line.Kind == "EpochStarted").Select(line => line.At), fault);
        var takenOver = epoch ?? removed;
        var results = Journal().Where(line => line.Kind is "StepLearned" or "Evaluated" or "Finished")
            .Select(line => line.At)
            .Where(at => at > fault)
            .ToList();

        // What was under way elsewhere still comes in for a moment: the longest pause is what the loss has cost.
        var pauses = results.Prepend(fault).Zip(results).Select(pair => (pair.Second - pair.First).TotalSeconds);
        return new TrialTimes(
            Since(fault, detected),
            Since(fault, takenOver),
            Since(fault, takenOver is { } over ? At(results, over) : null),
            pauses.DefaultIfEmpty().Max(),
            healed is { } heal ? Since(heal, Back(victims, heal)) : null);
    }

    /// <summary>When all victims are members again after a time; null as long as one is not.</summary>
    public DateTimeOffset? Back(IReadOnlyList<string> victims, DateTimeOffset after)
    {
        var times = victims
            .Select(victim => Said([victim], "joined", after) ?? Said([victim], "answers", after))
            .ToList();
        return times.Contains(null) ? null : times.Max();
    }

    private static double? Since(DateTimeOffset from, DateTimeOffset? to) => (to - from)?.TotalSeconds;

    private static DateTimeOffset? At(IEnumerable<DateTimeOffset> times, DateTimeOffset after) =>
        times.Where(at => at > after).Select(at => (DateTimeOffset?)at).Min();

    // When another node first said something about a victim.
    private DateTimeOffset? Said(IReadOnlyList<string> victims, string what, DateTimeOffset after) => At(
        from victim in victims
        let member = $"member {hosts.NodeAddress(int.Parse(victim, CultureInfo.InvariantCulture))}: {what}"
        from file in Directory.GetFiles(folder, "node-*.txt")
        where !victims.Contains(Path.GetFileNameWithoutExtension(file)["node-".Length..])
        from line in File.ReadLines(file)
        where line.Contains(member, StringComparison.Ordinal)
        select DateTimeOffset.Parse(line[..line.IndexOf(' ')], CultureInfo.InvariantCulture),
        after);

    private DateTimeOffset? ChildEnded(DateTimeOffset after) => At(
        Lines("log.jsonl")
            .Where(line => ((string)line["MessageTemplate"]!).Contains("ended with exit code"))
            .Select(line => DateTimeOffset.Parse((string)line["Timestamp"]!, CultureInfo.InvariantCulture)),
        after);

    private IEnumerable<string> Said(string number) => File.ReadLines(Path.Combine(folder, $"node-{number}.txt"));

    private IEnumerable<JObject> Steps =>
        Lines("metrics.jsonl").Where(line => (string?)line["phase"] == layout.Stage);

    private List<int> StepsOf(string phase) =>
        [.. Lines("metrics.jsonl").Where(line => (string?)line["phase"] == phase).Select(line => (int)line["step"]!)];

    private IEnumerable<JObject> Lines(string file) => JsonLines.Read(Path.Combine(Run, file));

    private IEnumerable<(string Kind, DateTimeOffset At)> Journal() => Lines("journal.jsonl").Select(line => (
        (string)line["Kind"]!,
        DateTimeOffset.Parse((string)line["At"]!, CultureInfo.InvariantCulture)));
}
