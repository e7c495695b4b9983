using System.Globalization;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// How fast the ranks of a group are, and which of them is slower than the others for some steps in a row: all wait for
/// it in each.
/// </summary>
internal sealed class RankSpeeds
{
    private const double Factor = 1.5;
    private const int Steps = 5;

    private readonly Dictionary<string, double> _speeds = [];
    private readonly Dictionary<string, int> _slow = [];

    /// <summary>Tokens per second of a worker in its last step with others; null: it had none.</summary>
    public double? Of(string worker) => _speeds.TryGetValue(worker, out var speed) ? speed : null;

    /// <summary>Takes in the figures of a step.</summary>
    /// <param name="workers">Who made it, by rank.</param>
    /// <param name="figures">The figures, with the speed of each rank.</param>
    /// <returns>What to say of each that has been slow for long enough; it is said once.</returns>
    public IReadOnlyList<string> Note(IReadOnlyList<string> workers, IReadOnlyDictionary<string, double> figures)
    {
        foreach (var (rank, worker) in workers.Index())
        {
            if (figures.TryGetValue(RankFigures.SpeedOf(rank), out var speed))
            {
                _speeds[worker] = speed;
            }
        }

        return [.. workers.Select(worker => Slow(worker, workers)).OfType<string>()];
    }

    private string? Slow(string worker, IReadOnlyList<string> workers)
    {
        double[] others = [.. workers.Where(other => other != worker).Select(Of).OfType<double>().Order()];
        if (Of(worker) is not { } own || others.Length == 0)
        {
            return null;
        }

        var usual = others[others.Length / 2];
        _slow[worker] = own * Factor < usual ? _slow.GetValueOrDefault(worker) + 1 : 0;
        return _slow[worker] != Steps ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{worker} is slow: {own:0} tokens per second where the others have {usual:0}; they wait for it each time");
    }
}
