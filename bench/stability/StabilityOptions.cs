using System.Globalization;

namespace R1Reward.Stability;

/// <summary>What is run, from <c>--name value</c> on the command line.</summary>
internal sealed class StabilityOptions
{
    private static readonly string[] Known =
    [
        "cold-start", "out", "doc", "seeds", "methods", "cells", "steps", "prompts", "batch", "eval-pairs", "votes",
        "jobs", "threads", "report-only",
    ];

    private readonly Dictionary<string, string> _given = [];

    internal StabilityOptions(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var name = arguments[i].TrimStart('-');
            if (!Known.Contains(name) || i + 1 == arguments.Length)
            {
                throw new ArgumentException(
                    $"{arguments[i]}: write --NAME VALUE with one of {string.Join(", ", Known)}");
            }

            _given[name] = arguments[i + 1];
        }
    }

    /// <summary>Folder of the cold start of a seed.</summary>
    internal string ColdStart(int seed) =>
        Text("cold-start", "runs/stability/cold-{seed}/checkpoints/sft")
            .Replace("{seed}", $"{seed}", StringComparison.Ordinal);

    /// <summary>Where the CSV files go; a run that is in them is not made again.</summary>
    internal string Out => Text("out", "runs/stability");

    /// <summary>The page whose tables are written, and beside it the folder of its plots.</summary>
    internal string Page => Text("doc", "docs/stability.md");

    internal IReadOnlyList<int> Seeds => [.. Text("seeds", "1,2,3").Split(',').Select(int.Parse)];

    internal IReadOnlyList<string> Methods => Text("methods", "stable-reinforce,reinforce-pp,ppo").Split(',');

    /// <summary>Learning rate, epochs and staleness of each place of the map.</summary>
    internal IReadOnlyList<(double Rate, int Epochs, int Staleness)> Places =>
        [.. Text("cells", "1e-4:1:0,5e-4:1:0,1e-4:1:4,5e-4:4:0,5e-4:4:4,1e-3:4:8").Split(',')
            .Select(place => place.Split(':'))
            .Select(parts => (Number(parts[0]), Whole(parts[1]), Whole(parts[2])))];

    internal int Steps => Whole("steps", 20);

    internal int Prompts => Whole("prompts", 64);

    internal int TrainBatch => Whole("batch", 32);

    internal int EvalPairs => Whole("eval-pairs", 128);

    internal int Votes => Whole("votes", 15);

    /// <summary>Number of runs at a time.</summary>
    internal int Jobs => Whole("jobs", 2);

    /// <summary>Number of threads of each run.</summary>
    internal int Threads => Whole("threads", 1);

    internal bool ReportOnly => Text("report-only", "off") == "on";

    /// <summary>
    /// All runs, those of one seed after another, so that an interrupted map is whole for fewer seeds.
    /// </summary>
    internal IEnumerable<Cell> Cells()
    {
        var first = Places[0];
        foreach (var seed in Seeds)
        {
            yield return new Cell(Cell.Start, 0, 0, 0, true, seed);
            foreach (var (rate, epochs, staleness) in Places)
            {
                foreach (var method in Methods)
                {
                    yield return new Cell(method, rate, epochs, staleness, true, seed);
                }
            }

            yield return new Cell(Methods[0], first.Rate, first.Epochs, first.Staleness, false, seed);
        }
    }

    /// <summary>
    /// Whether the run's policy votes at the end: the cold start and the first method at the first place.
    /// </summary>
    internal bool CountsVotes(Cell cell)
    {
        var isFirst = cell.Method == Methods[0] && (cell.Rate, cell.Epochs, cell.Staleness) == Places[0];
        return cell.Method == Cell.Start || (cell.Consistency && isFirst);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private string Text(string name, string otherwise) => _given.GetValueOrDefault(name, otherwise);

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private int Whole(string name, int otherwise) =>
        _given.TryGetValue(name, out var text) ? Whole(text) : otherwise;
}
