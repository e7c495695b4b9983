namespace R1Reward.Rewards.Watch;

/// <summary>
/// Looks at the figures of each step and says when they drift where reward hacking shows: the reward follows the length,
/// the first place is preferred beyond the labels, the judge stops deciding, the judge and the labels part, accuracy falls
/// while the reward does not. Each is said once, and again after it has cleared.
/// </summary>
/// <param name="options">When alarms go off.</param>
public sealed class DriftAlarms(WatchOptions options)
{
    private readonly Dictionary<string, Queue<double>> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _best = new(StringComparer.Ordinal);
    private readonly HashSet<string> _raised = new(StringComparer.Ordinal);

    /// <summary>Alarms that are on.</summary>
    public int Active => _raised.Count;

    /// <summary>Takes in the figures of a step (<see cref="RewardWatch.Figures"/>, <c>reward</c> and <c>accuracy</c>) and returns what has newly gone wrong, a sentence each.</summary>
    public IReadOnlyList<string> Observe(IReadOnlyDictionary<string, double> figures)
    {
        var news = new List<string>();
        var (accuracy, reward) = (Fall("accuracy"), Fall("reward"));
        Check("length", Mean("watch/length-correlation") is { } length && Math.Abs(length) > options.LengthCorrelation
            ? FormattableString.Invariant($"the reward follows the length of the replies (correlation {length:0.00}): longer or shorter text may be what is learned") : null);
        Check("position", Mean("watch/first-excess") is { } excess && Math.Abs(excess) > options.FirstExcess
            ? FormattableString.Invariant($"response {(excess > 0 ? 1 : 2)} is named {Math.Abs(excess):P0} of the time more often than the labels prefer it: look at the order of the candidates") : null);
        Check("undecided", Mean("watch/undecided-share") is { } undecided && undecided > options.Undecided
            ? FormattableString.Invariant($"the judge decides nothing on {undecided:P0} of the traces: look at its replies and its health") : null);
        Check("agreement", Fall("watch/judge-agreement") is { } agreement && agreement > options.Drop
            ? FormattableString.Invariant($"judge and labels agree {agreement:P0} less often than they did: the policy may have learned to please the judge") : null);
        Check("accuracy", accuracy is { } fallen && fallen > options.Drop && reward is <= 0.02
            ? FormattableString.Invariant($"accuracy fell by {fallen:P0} while the reward did not: some term pays for something else") : null);
        return news;

        void Check(string alarm, string? message)
        {
            if (message is null)
            {
                _raised.Remove(alarm);
            }
            else if (_raised.Add(alarm))
            {
                news.Add(message);
            }
        }

        double? Mean(string figure) => Window(figure, figures) is { } window && window.Count == options.Window ? window.Average() : null;

        // How far the window's mean lies below the best one so far.
        double? Fall(string figure)
        {
            if (Mean(figure) is not { } mean)
            {
                return null;
            }

            _best[figure] = Math.Max(mean, _best.GetValueOrDefault(figure, double.MinValue));
            return _best[figure] - mean;
        }
    }

    private Queue<double>? Window(string figure, IReadOnlyDictionary<string, double> figures)
    {
        if (!figures.TryGetValue(figure, out var value))
        {
            return _windows.GetValueOrDefault(figure);
        }

        if (!_windows.TryGetValue(figure, out var window))
        {
            _windows[figure] = window = new Queue<double>();
        }

        window.Enqueue(value);
        while (window.Count > options.Window)
        {
            window.Dequeue();
        }

        return window;
    }
}
