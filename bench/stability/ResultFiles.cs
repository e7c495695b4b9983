using System.Globalization;

namespace R1Reward.Stability;

/// <summary>
/// The CSV files of a map: <c>runs.csv</c>, <c>steps.csv</c>, <c>votes.csv</c>. A run is written when it is done, its
/// line in <c>runs.csv</c> last, and is not made again.
/// </summary>
/// <param name="folder">The folder of the three files.</param>
internal sealed class ResultFiles(string folder)
{
    private const string Place = "method,rate,epochs,staleness,consistency,seed";

    private static readonly string[] RunColumns =
    [
        "largest-loss", "largest-log-ratio", "largest-gradient-norm", "non-finite-steps", "clip-share",
        "pre-clip-share", "filtered-share", "accuracy", "agreement", "seconds",
    ];

    private static readonly string[] StepColumns =
    [
        "step", "loss", "largest-loss", "largest-log-ratio", "largest-gradient-norm", "non-finite-steps", "clip-share",
        "pre-clip-share", "filtered-share", "drift-kl", "accuracy", "agreement",
    ];

    private readonly Lock _lock = new();

    /// <summary>The runs that are done, by key and column.</summary>
    internal Dictionary<string, Dictionary<string, double>> Runs() =>
        Read("runs").ToDictionary(line => line.Key, line => line.Values);

    /// <summary>The updates of all runs that are done.</summary>
    internal ILookup<string, Dictionary<string, double>> Steps() =>
        Read("steps").ToLookup(line => line.Key, line => line.Values);

    /// <summary>The votes of all runs that are done and vote.</summary>
    internal ILookup<string, Dictionary<string, double>> Votes() =>
        Read("votes").ToLookup(line => line.Key, line => line.Values);

    internal void Add(Cell cell, TrialResult result)
    {
        lock (_lock)
        {
            Append("steps", StepColumns, cell, result.Steps.Select(Figures));
            if (result.Votes.Count > 1)
            {
                var votes = result.Votes.Select(vote => new[] { vote.Votes, vote.Majority, vote.Any });
                Append("votes", ["votes", "majority", "any"], cell, votes);
            }

            Append("runs", RunColumns, cell, [Figures(result)]);
        }
    }

    private static double[] Figures(TrialStep step, int index) =>
    [
        index + 1,
        step.Metrics.Loss,
        step.Metrics.LargestLoss,
        step.Metrics.LargestLogRatio,
        step.Metrics.LargestGradientNorm,
        step.Metrics.NonFiniteSteps,
        step.Metrics.ClipShare,
        step.Metrics.PreClipShare,
        step.Filtered,
        step.Metrics.DriftKl,
        step.Accuracy,
        step.Agreement,
    ];

    private static double[] Figures(TrialResult result)
    {
        double Largest(Func<TrialStep, double> figure) => result.Steps.Select(figure).DefaultIfEmpty().Max();
        double Mean(Func<TrialStep, double> figure) => result.Steps.Select(figure).DefaultIfEmpty().Average();
        return
        [
            Largest(step => step.Metrics.LargestLoss),
            Largest(step => step.Metrics.LargestLogRatio),
            Largest(step => step.Metrics.LargestGradientNorm),
            result.Steps.Sum(step => step.Metrics.NonFiniteSteps),
            Mean(step => step.Metrics.ClipShare),
            Mean(step => step.Metrics.PreClipShare),
            Mean(step => step.Filtered),
            result.Accuracy,
            result.Agreement,
            result.Seconds,
        ];
    }

    private void Append(string name, IEnumerable<string> columns, Cell cell, IEnumerable<double[]> rows)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name + ".csv");
        var head = File.Exists(path) ? [] : new[] { Place + "," + string.Join(',', columns) };
        string Line(double[] row) =>
            cell.Key + "," + string.Join(',', row.Select(value => value.ToString("g6", CultureInfo.InvariantCulture)));
        File.AppendAllLines(path, head.Concat(rows.Select(Line)));
    }

    private IEnumerable<(string Key, Dictionary<string, double> Values)> Read(string name)
    {
        var path = Path.Combine(folder, name + ".csv");
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var places = Place.Split(',').Length;
        foreach (var line in lines.Skip(1))
        {
            var columns = lines[0].Split(',')[places..];
            var parts = line.Split(',');
            var values = parts[places..].Select(part => double.Parse(part, CultureInfo.InvariantCulture));
            yield return (
                string.Join(',', parts[..places]),
                columns.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second));
        }
    }
}
