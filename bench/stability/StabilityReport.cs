using System.Globalization;
using System.Text;

namespace R1Reward.Stability;

/// <summary>Tables and plots of what is in the CSV files: the part of the page between its two marks.</summary>
/// <param name="options">What belongs to the map.</param>
/// <param name="files">The figures.</param>
internal sealed class StabilityReport(StabilityOptions options, ResultFiles files)
{
    private const string Begin = "<!-- figures: written by bench/stability -->";
    private const string End = "<!-- end of figures -->";

    private readonly Dictionary<string, Dictionary<string, double>> _runs = files.Runs();
    private readonly ILookup<string, Dictionary<string, double>> _steps = files.Steps();
    private readonly ILookup<string, Dictionary<string, double>> _votes = files.Votes();

    internal void Write()
    {
        var text = new StringBuilder();
        text.Append(Begin).Append("\n\n").Append(Scope());
        MapTable(text);
        text.Append("\n![largest log-ratio](stability/log-ratio.svg)\n\n")
            .Append("![largest gradient norm](stability/gradient-norm.svg)\n\n")
            .Append("![largest loss](stability/loss.svg)\n\n")
            .Append("![accuracy in training](stability/accuracy.svg)\n\n");
        ConsistencyTable(text);
        VoteTable(text);
        text.Append("![votes](stability/votes.svg)\n\n").Append(End);
        var page = File.Exists(options.Page) ? File.ReadAllText(options.Page) : $"# Stability\n\n{Begin}{End}\n";
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException(
                $"{options.Page} does not have the marks \"{Begin}\" and \"{End}\" between which the figures go");
        }

        File.WriteAllText(options.Page, page[..begin] + text + page[(end + End.Length)..]);
        Plots();
    }

    private string Scope()
    {
        var start = Mean(Over(new Cell(Cell.Start, 0, 0, 0, true, 0)), "accuracy");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Steps} updates of {options.Prompts} judgments, {options.TrainBatch} per optimiser step, "
            + $"constant rate, seeds {string.Join(", ", options.Seeds)}; "
            + $"held-out accuracy on {options.EvalPairs} pairs, one sample each. The cold start has {start:p1}. "
            + $"Means over seeds, largest values over all of them; in brackets the lowest and highest seed.\n\n");
    }

    private void MapTable(StringBuilder text)
    {
        text.Append("| conditions | method | largest loss | largest log-ratio | largest gradient norm ")
            .Append("| non-finite steps | tokens clipped | tokens pre-clipped | samples filtered | final accuracy |\n")
            .Append("|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var (rate, epochs, staleness) in options.Places)
        {
            foreach (var method in options.Methods)
            {
                var cell = new Cell(method, rate, epochs, staleness, true, 0);
                if (Over(cell) is { Count: > 0 } runs)
                {
                    text.Append(MapRow(cell, runs));
                }
            }
        }
    }

    private static string MapRow(Cell cell, List<Dictionary<string, double>> runs) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {cell.Conditions} | {cell.Method} | {Largest(runs, "largest-loss"):g3} "
        + $"| {Largest(runs, "largest-log-ratio"):f2} | {Largest(runs, "largest-gradient-norm"):g3} "
        + $"| {runs.Sum(run => run["non-finite-steps"]):f0} | {Mean(runs, "clip-share"):p1} "
        + $"| {Mean(runs, "pre-clip-share"):p2} | {Mean(runs, "filtered-share"):p1} | {Range(runs, "accuracy")} |\n");

    private void ConsistencyTable(StringBuilder text)
    {
        var (rate, epochs, staleness) = options.Places[0];
        var conditions = new Cell("", rate, epochs, staleness, true, 0).Conditions;
        text.Append($"With and without the consistency reward ({options.Methods[0]}, {conditions}), ")
            .Append("on held-out pairs:\n\n")
            .Append("| | analysis agrees with answer | accuracy |\n|---|---|---|\n");
        (string Name, Cell Cell)[] rows =
        [
            ("cold start", new Cell(Cell.Start, 0, 0, 0, true, 0)),
            ("with", new Cell(options.Methods[0], rate, epochs, staleness, true, 0)),
            ("without", new Cell(options.Methods[0], rate, epochs, staleness, false, 0)),
        ];
        foreach (var (name, runs) in rows.Select(row => (row.Name, Over(row.Cell))).Where(row => row.Item2.Count > 0))
        {
            text.Append($"| {name} | {Range(runs, "agreement")} | {Range(runs, "accuracy")} |\n");
        }

        text.Append('\n');
    }

    private void VoteTable(StringBuilder text)
    {
        var start = VotesOf(Cell.Start);
        var trained = VotesOf(options.Methods[0]);
        text.Append("Votes: accuracy of the majority of K samples (no winner is wrong), ")
            .Append("and share of pairs with at least one right sample:\n\n")
            .Append("| K | cold start | any | after RL | any |\n|---|---|---|---|---|\n");
        for (var k = 1; k <= options.Votes; k++)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {k} | {VoteCells(start, k)} | {VoteCells(trained, k)} |\n");
        }

        text.Append('\n');
    }

    private static string VoteCells(List<(double Votes, double Majority, double Any)> votes, int k)
    {
        foreach (var vote in votes.Where(vote => (int)vote.Votes == k))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{vote.Majority:p1} | {vote.Any:p1}");
        }

        return "- | -";
    }

    private void Plots()
    {
        var folder = Path.ChangeExtension(options.Page, null);
        Directory.CreateDirectory(folder);
        void Save(string name, Plot plot) => File.WriteAllText(Path.Combine(folder, name + ".svg"), plot.Draw());
        void SaveSteps(string name, string title, string column, bool logarithmic) =>
            Save(name, OfSteps(title + " of an update (mean over seeds)", column, logarithmic));
        SaveSteps("log-ratio", "Largest log-ratio", "largest-log-ratio", logarithmic: true);
        SaveSteps("gradient-norm", "Largest gradient norm", "largest-gradient-norm", logarithmic: true);
        SaveSteps("loss", "Largest loss", "largest-loss", logarithmic: true);
        SaveSteps("accuracy", "Accuracy of the samples", "accuracy", logarithmic: false);
        var votes = new Plot("Votes (mean over seeds)", ["majority", "any right"]);
        foreach (var (caption, method) in new[] { ("cold start", Cell.Start), ("after RL", options.Methods[0]) })
        {
            var points = VotesOf(method);
            var majority = points.Select(vote => (vote.Votes, vote.Majority));
            var any = points.Select(vote => (vote.Votes, vote.Any));
            votes.Add(caption, [[.. majority], [.. any]]);
        }

        Save("votes", votes);
    }

    private Plot OfSteps(string title, string column, bool logarithmic)
    {
        var plot = new Plot(title, options.Methods, logarithmic);
        foreach (var (rate, epochs, staleness) in options.Places)
        {
            var cells = options.Methods.Select(method => new Cell(method, rate, epochs, staleness, true, 0)).ToList();
            plot.Add(cells[0].Conditions, [.. cells.Select(cell => MeanBySteps(cell, column))]);
        }

        return plot;
    }

    /// <summary>A figure of each update of a cell, its mean over seeds.</summary>
    private IReadOnlyList<(double Step, double Mean)> MeanBySteps(Cell cell, string column) =>
        [.. Keys(cell).SelectMany(key => _steps[key]).GroupBy(step => step["step"])
            .Select(steps => (steps.Key, steps.Average(step => step[column])))];

    private List<(double Votes, double Majority, double Any)> VotesOf(string method)
    {
        var runs = _votes.Where(run => run.Key.StartsWith(method + ",", StringComparison.Ordinal));
        return [.. runs.SelectMany(run => run).GroupBy(vote => vote["votes"]).OrderBy(group => group.Key)
            .Select(group =>
                (group.Key, group.Average(vote => vote["majority"]), group.Average(vote => vote["any"])))];
    }

    private IEnumerable<string> Keys(Cell cell) =>
        options.Seeds.Select(seed => (cell with { Seed = seed }).Key).Where(_runs.ContainsKey);

    private List<Dictionary<string, double>> Over(Cell cell) => [.. Keys(cell).Select(key => _runs[key])];

    private static double Largest(List<Dictionary<string, double>> runs, string column) => runs.Max(run => run[column]);

    private static double Mean(List<Dictionary<string, double>> runs, string column) =>
        runs.Select(run => run[column]).DefaultIfEmpty(double.NaN).Average();

    private static string Range(List<Dictionary<string, double>> runs, string column)
    {
        var low = runs.Min(run => run[column]);
        var high = Largest(runs, column);
        return string.Create(CultureInfo.InvariantCulture, $"{Mean(runs, column):p1} ({low:p1} to {high:p1})");
    }
}
