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
        text.Append("\n![largest log-ratio](stability/log-ratio.svg)\n\n![largest gradient norm](stability/gradient-norm.svg)\n\n![largest loss](stability/loss.svg)\n\n![accuracy in training](stability/accuracy.svg)\n\n");
        ConsistencyTable(text);
        VoteTable(text);
        text.Append("![votes](stability/votes.svg)\n\n").Append(End);
        var page = File.Exists(options.Page) ? File.ReadAllText(options.Page) : $"# Stability\n\n{Begin}{End}\n";
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException($"{options.Page} does not have the marks \"{Begin}\" and \"{End}\" between which the figures go");
        }

        File.WriteAllText(options.Page, page[..begin] + text + page[(end + End.Length)..]);
        Plots();
    }

    private string Scope() => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Steps} updates of {options.Prompts} judgments, {options.TrainBatch} per optimiser step, constant rate, seeds {string.Join(", ", options.Seeds)}; held-out accuracy on {options.EvalPairs} pairs, one sample each. The cold start has {Mean(Over(new Cell(Cell.Start, 0, 0, 0, true, 0)), "accuracy"):p1}. Means over seeds, largest values over all of them; in brackets the lowest and highest seed.\n\n");

    private void MapTable(StringBuilder text)
    {
        text.Append("| conditions | method | largest loss | largest log-ratio | largest gradient norm | non-finite steps | tokens clipped | tokens pre-clipped | samples filtered | final accuracy |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var (rate, epochs, staleness) in options.Places)
        {
            foreach (var method in options.Methods)
            {
                var cell = new Cell(method, rate, epochs, staleness, true, 0);
                var runs = Over(cell);
                if (runs.Count > 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"| {cell.Conditions} | {method} | {Largest(runs, "largest-loss"):g3} | {Largest(runs, "largest-log-ratio"):f2} | {Largest(runs, "largest-gradient-norm"):g3} | {runs.Sum(run => run["non-finite-steps"]):f0} | {Mean(runs, "clip-share"):p1} | {Mean(runs, "pre-clip-share"):p2} | {Mean(runs, "filtered-share"):p1} | {Range(runs, "accuracy")} |\n");
                }
            }
        }
    }

    private void ConsistencyTable(StringBuilder text)
    {
        var (rate, epochs, staleness) = options.Places[0];
        text.Append(CultureInfo.InvariantCulture, $"With and without the consistency reward ({options.Methods[0]}, {new Cell("", rate, epochs, staleness, true, 0).Conditions}), on held-out pairs:\n\n| | analysis agrees with answer | accuracy |\n|---|---|---|\n");
        (string Name, Cell Cell)[] rows =
        [
            ("cold start", new Cell(Cell.Start, 0, 0, 0, true, 0)),
            ("with", new Cell(options.Methods[0], rate, epochs, staleness, true, 0)),
            ("without", new Cell(options.Methods[0], rate, epochs, staleness, false, 0)),
        ];
        foreach (var (name, runs) in rows.Select(row => (row.Name, Over(row.Cell))).Where(row => row.Item2.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {Range(runs, "agreement")} | {Range(runs, "accuracy")} |\n");
        }

        text.Append('\n');
    }

    private void VoteTable(StringBuilder text)
    {
        var (start, trained) = (VotesOf(Cell.Start), VotesOf(options.Methods[0]));
        text.Append("Votes: accuracy of the majority of K samples (no winner is wrong), and share of pairs with at least one right sample:\n\n| K | cold start | any | after RL | any |\n|---|---|---|---|---|\n");
        for (var k = 1; k <= options.Votes; k++)
        {
            string Cells(List<(double Votes, double Majority, double Any)> votes) => votes.Where(vote => (int)vote.Votes == k)
                .Select(vote => string.Create(CultureInfo.InvariantCulture, $"{vote.Majority:p1} | {vote.Any:p1}")).FirstOrDefault() ?? "- | -";
            text.Append(CultureInfo.InvariantCulture, $"| {k} | {Cells(start)} | {Cells(trained)} |\n");
        }

        text.Append('\n');
    }

    private void Plots()
    {
        var folder = Path.ChangeExtension(options.Page, null);
        Directory.CreateDirectory(folder);
        void Save(string name, Plot plot) => File.WriteAllText(Path.Combine(folder, name + ".svg"), plot.Draw());
        Save("log-ratio", OfSteps("Largest log-ratio of an update (mean over seeds)", "largest-log-ratio", logarithmic: true));
        Save("gradient-norm", OfSteps("Largest gradient norm of an update (mean over seeds)", "largest-gradient-norm", logarithmic: true));
        Save("loss", OfSteps("Largest loss of an update (mean over seeds)", "largest-loss", logarithmic: true));
        Save("accuracy", OfSteps("Accuracy of the samples of an update (mean over seeds)", "accuracy"));
        var votes = new Plot("Votes (mean over seeds)", ["majority", "any right"]);
        foreach (var (caption, method) in new[] { ("cold start", Cell.Start), ("after RL", options.Methods[0]) })
        {
            var points = VotesOf(method);
            votes.Add(caption, [[.. points.Select(vote => (vote.Votes, vote.Majority))], [.. points.Select(vote => (vote.Votes, vote.Any))]]);
        }

        Save("votes", votes);
    }

    private Plot OfSteps(string title, string column, bool logarithmic = false)
    {
        var plot = new Plot(title, options.Methods, logarithmic);
        foreach (var (rate, epochs, staleness) in options.Places)
        {
            plot.Add(new Cell("", rate, epochs, staleness, true, 0).Conditions, [.. options.Methods.Select(method => (IReadOnlyList<(double, double)>)
                [.. Keys(new Cell(method, rate, epochs, staleness, true, 0)).SelectMany(key => _steps[key]).GroupBy(step => step["step"]).Select(steps => (steps.Key, steps.Average(step => step[column])))])]);
        }

        return plot;
    }

    private List<(double Votes, double Majority, double Any)> VotesOf(string method) =>
        [.. _votes.Where(run => run.Key.StartsWith(method + ",", StringComparison.Ordinal)).SelectMany(run => run)
            .GroupBy(vote => vote["votes"]).Select(group => (group.Key, group.Average(vote => vote["majority"]), group.Average(vote => vote["any"]))).OrderBy(vote => vote.Key)];

    private IEnumerable<string> Keys(Cell cell) => options.Seeds.Select(seed => (cell with { Seed = seed }).Key).Where(_runs.ContainsKey);

    private List<Dictionary<string, double>> Over(Cell cell) => [.. Keys(cell).Select(key => _runs[key])];

    private static double Largest(List<Dictionary<string, double>> runs, string column) => runs.Max(run => run[column]);

    private static double Mean(List<Dictionary<string, double>> runs, string column) => runs.Select(run => run[column]).DefaultIfEmpty(double.NaN).Average();

    private static string Range(List<Dictionary<string, double>> runs, string column) =>
        string.Create(CultureInfo.InvariantCulture, $"{Mean(runs, column):p1} ({runs.Min(run => run[column]):p1} to {runs.Max(run => run[column]):p1})");
}
