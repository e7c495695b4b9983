using System.Globalization;
using R1Reward.Actors.Protocol;

namespace R1Reward.Cli.Output;

/// <summary>How far the part of a run is that it works on.</summary>
/// <param name="Name">Name of the part as it is displayed.</param>
/// <param name="Done">What is done, in steps or samples.</param>
/// <param name="Total">What there is to do; 0 while that is unknown.</param>
internal readonly record struct PartProgress(string Name, double Done, double Total)
{
    /// <summary>Name of the supervised cold start.</summary>
    public const string ColdStart = "cold start";

    private const string Reinforcement = "reinforcement";

    private static readonly string[] Shown =
    [
        "skipped", "loss", "reward", "accuracy", "format", "consistency", "length", "kl", "given-out-again", "learners",
    ];

    /// <summary>How many steps a part has that consists of steps, as it stands behind the name.</summary>
    public string Steps =>
        Name is ColdStart or Reinforcement ? string.Create(CultureInfo.InvariantCulture, $", {Total} steps") : "";

    /// <summary>What is done, from 0 to 1.</summary>
    public double Share => Total == 0 ? 0 : Done / Total;

    /// <summary>Progress computed from a status of the run.</summary>
    public static PartProgress From(RunStatus status) => status.Stage switch
    {
        RunStage.ColdStart => new(ColdStart, status.Step, status.Steps),
        RunStage.Scalar => new("scalar model", status.Step, status.Steps),
        RunStage.Evaluating => new("evaluation", status.Done, status.Expected),
        RunStage.Rolling or RunStage.Scoring or RunStage.Learning or RunStage.Publishing =>
            new(Reinforcement, status.Step - 1 + ShareOfStep(status), status.Steps),
        _ => new("loading", 0, 0),
    };

    /// <summary>The newest figures, as they are displayed.</summary>
    public static string Figures(RunStatus status) => string.Join(' ', Shown
        .Where(status.Metrics.ContainsKey)
        .Select(name => $"{name} {Short(status.Metrics[name])}")
        .Concat(Speeds(status.Metrics)));

    // Of all ranks together, and of the slowest one, whom the others wait for.
    private static IEnumerable<string> Speeds(IReadOnlyDictionary<string, double> figures)
    {
        var ranks = figures.Where(figure => RankFigures.RankOf(figure.Key) is not null).ToList();
        if (ranks.Count > 1)
        {
            var steps = figures.GetValueOrDefault("tokens-per-second");
            var all = figures.GetValueOrDefault("learn-tokens-per-second", steps);
            var slowest = ranks.MinBy(rank => rank.Value);
            yield return $"tokens/s {Whole(all)} ({RankFigures.RankOf(slowest.Key)} {Whole(slowest.Value)})";
        }
    }

    private static string Whole(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    // Sampling and scoring take about as long as learning does.
    private static double ShareOfStep(RunStatus status)
    {
        if (status.Stage == RunStage.Learning)
        {
            return 0.5;
        }

        return status.Expected == 0 ? 0 : 0.5 * status.Done / status.Expected;
    }

    // Adding 0 turns the -0 of a rounded small number into 0.
    private static string Short(double value) =>
        (Math.Round(value, 3) + 0.0).ToString("0.###", CultureInfo.InvariantCulture);
}
