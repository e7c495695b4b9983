using System.Diagnostics;
using R1Reward.Actors.Protocol;
using R1Reward.Policy.Exchange;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// How fast each rank is in a step or update: the tokens of its share by the time in which it did not wait for others.
/// </summary>
internal sealed class RankPace
{
    private readonly WatchedRanks? _ranks;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _elapsed;
    private readonly TimeSpan _idle;
    private readonly TimeSpan _waited;

    private RankPace(ICollective ranks, TimeSpan waited)
    {
        _ranks = ranks as WatchedRanks;
        (_elapsed, _idle, _waited) = (_ranks?.Elapsed ?? default, _ranks?.Waited ?? default, waited);
    }

    /// <summary>Starts the clock of a step, from which what the ranks have waited before does not count.</summary>
    /// <param name="ranks">Who trains together.</param>
    /// <param name="waited">Time that optimisers have waited so far for gradients of other ranks.</param>
    public static RankPace Begin(ICollective ranks, TimeSpan waited) => new(ranks, waited);

    /// <summary>Adds the figures of all ranks; called by each of them. One alone has none.</summary>
    /// <param name="figures">Takes them.</param>
    /// <param name="tokens">Tokens of this rank's share.</param>
    /// <param name="waited">Time that optimisers have waited by now.</param>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public void AddTo(IDictionary<string, double> figures, long tokens, TimeSpan waited)
    {
        if (_ranks is not { } ranks)
        {
            return;
        }

        var gradients = waited - _waited;
        var busy = Stopwatch.GetElapsedTime(_start) - (ranks.Waited - _idle) - gradients;
        figures["learners"] = ranks.Count;
        figures["exchange-seconds"] = (ranks.Elapsed - _elapsed).TotalSeconds;
        figures["exchange-wait-seconds"] = gradients.TotalSeconds;
        foreach (var (rank, pace) in ranks.Gather([tokens, busy.TotalSeconds]).Index())
        {
            // A batch may have fewer rows than there are ranks.
            if (pace[0] > 0)
            {
                figures[RankFigures.SpeedOf(rank)] = pace[0] / pace[1];
            }
        }
    }
}
