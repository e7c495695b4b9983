using System.Collections.Immutable;
using R1Reward.Rewards.Terms;

namespace R1Reward.Rewards.Judge;

/// <summary>Counts what becomes <see cref="JudgeMetrics"/>. Safe for concurrent use.</summary>
internal sealed class JudgeCounters
{
    private readonly Lock _lock = new();
    private readonly Dictionary<JudgeFailureKind, long> _failures = [];
    private long _consistent, _inconsistent, _undecided, _asks, _attempts, _cacheHits;
    private TimeSpan _total, _longest;

    public void Count(JudgeReply reply)
    {
        lock (_lock)
        {
            if (reply.Cached)
            {
                _cacheHits++;
                return;
            }

            _asks++;
            _attempts += reply.Attempts;
            _total += reply.Latency;
            _longest = reply.Latency > _longest ? reply.Latency : _longest;
            if (reply.Failure is { } failure)
            {
                _failures[failure.Kind] = _failures.GetValueOrDefault(failure.Kind) + 1;
            }
        }
    }

    public void Count(ConsistencyVerdict verdict)
    {
        lock (_lock)
        {
            _ = verdict switch
            {
                ConsistencyVerdict.Consistent => _consistent++,
                ConsistencyVerdict.Inconsistent => _inconsistent++,
                _ => _undecided++,
            };
        }
    }

    public JudgeMetrics Snapshot()
    {
        lock (_lock)
        {
            return new JudgeMetrics(
                _consistent, _inconsistent, _undecided, _asks, _cacheHits, _attempts, _failures.ToImmutableDictionary(),
                _asks == 0 ? TimeSpan.Zero : _total / _asks, _longest);
        }
    }
}
