using System.Globalization;

namespace R1Reward.Rewards.Watch;

/// <summary>
/// Looks at the figures of each step and says when they drift where reward hacking shows: the reward follows the
/// length, the first place is preferred beyond the labels, the judge stops deciding, the judge and the labels part,
/// accuracy falls while the reward does not. Each is said once, and again after it has cleared.
/// </summary>
/// <param name="options">When alarms go off.</param>
public sealed class DriftAlarms(WatchOptions options)
{
    private readonly Dictionary<string, Queue<double>> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _best = new(StringComparer.Ordinal);
    private readonly HashSet<string> _raised = new(StringComparer.Ordinal);

    /// <summary>How many alarms are on.</summary>
    public int Active => _raised.Count;

    /// <summary>
    /// Takes in the figures of a step (<see cref="RewardWatch.Figures"/>, <c>reward</c> and <c>accuracy</c>) and
    /// returns what has newly gone wrong, a sentence each.
    /// </summary>
    public IReadOnlyList<string> Observe(IReadOnlyDictionary<string, double> figures)
    {
        foreach (var (figure, value) in figures)
        {
            Add(figure, value);
        }

        var alarms = new (string Name, string? Message)[]
        {
            ("length", Length(Mean("watch/length-correlation"))),
            ("position", Position(Mean("watch/first-excess"))),
            ("undecided", Undecided(Mean("watch/undecided-share"))),
            ("agreement", Agreement(Fall("watch/judge-agreement"))),
            ("accuracy", Accuracy(Fall("accuracy"), Fall("reward"))),
        };
        var news = new List<string>();
        foreach (var (name, message) in alarms)
        {
            if (message is null)
            {
                _raised.Remove(name);
            }
            else if (_raised.Add(name))
            {
                news.Add(message);
            }
        }

        return news;
    }

    private string? Length(double? correlation) => Math.Abs(correlation ?? 0) > options.LengthCorrelation
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"the reward follows the length of the replies (correlation {correlation:0.00}): " +
            $"longer or shorter text may be what is learned")
        : null;

    private string? Position(double? excess) => Math.Abs(excess ?? 0) > options.FirstExcess
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"response {(excess > 0 ? 1 : 2)} is named {Math.Abs(excess!.Value):P0} of the time " +
            $"more often than the labels prefer it: look at the order of the candidates")
        : null;

    private string? Undecided(double? share) => share > options.Undecided
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"the judge decides nothing on {share:P0} of the traces: look at its replies and its health")
        : null;

    private string? Agreement(double? fall) => fall > options.Drop
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"judge and labels agree {fall:P0} less often than they did: " +
            $"the policy may have learned to please the judge")
        : null;

    private string? Accuracy(double? fall, double? rewardFall) => fall > options.Drop && rewardFall <= 0.02
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"accuracy fell by {fall:P0} while the reward did not: some term pays for something else")
        : null;

    /// <summary>The mean of a figure over the last steps; null until there are enough of them.</summary>
    private double? Mean(string figure) =>
        _windows.TryGetValue(figure, out var window) && window.Count == options.Window ? window.Average() : null;

    /// <summary>How far the mean of a figure lies below its best so far; null until there are enough steps.</summary>
    private double? Fall(string figure)
    {
        if (Mean(figure) is not { } mean)
        {
            return null;
        }

        _best[figure] = Math.Max(mean, _best.GetValueOrDefault(figure, double.MinValue));
        return _best[figure] - mean;
    }

    private void Add(string figure, double value)
    {
        if (!_windows.TryGetValue(figure, out var window))
        {
            window = new Queue<double>();
            _windows[figure] = window;
        }

        window.Enqueue(value);
        while (window.Count > options.Window)
        {
            window.Dequeue();
        }
    }
}
