using R1Reward.Actors.Protocol;
using R1Reward.Actors.Telemetry;

namespace R1Reward.Actors.Coordination;

/// <summary>Knows how much the rollout workers of a run have sampled during the last minute.</summary>
/// <param name="time">The clock.</param>
internal sealed class SamplingRate(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // Before a second has passed a rate would be of chance.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Queue<(long At, int Traces, int Tokens)> _results = [];
    private long? _began;

    /// <summary>The rate of the last minute, or since the first traces; null before them.</summary>
    public RunThroughput? Now
    {
        get
        {
            if (_began is not { } began)
            {
                return null;
            }

            Forget();
            var seconds = TimeSpan.FromTicks(
                Math.Clamp(time.GetElapsedTime(began).Ticks, Shortest.Ticks, Window.Ticks)).TotalSeconds;
            return new RunThroughput(
                _results.Sum(result => result.Traces) / seconds,
                _results.Sum(result => (double)result.Tokens) / seconds);
        }
    }

    /// <summary>Takes note of the traces of a prompt.</summary>
    public void Note(RolloutResult sampled)
    {
        _began ??= time.GetTimestamp();
        Forget();
        var tokens = sampled.Traces.Sum(trace => trace.Tokens.Length);
        Meters.Traces.Add(sampled.Traces.Count);
        Meters.Tokens.Add(tokens);
        _results.Enqueue((time.GetTimestamp(), sampled.Traces.Count, tokens));
    }

    private void Forget()
    {
        while (_results.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > Window)
        {
            _results.Dequeue();
        }
    }
}
