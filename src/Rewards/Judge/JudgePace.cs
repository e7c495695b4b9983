namespace R1Reward.Rewards.Judge;

/// <summary>
/// Keeps requests and tokens of any minute within their limits, over all endpoints of a client. What a question will
/// take is not known before its reply: it is held to be the mean of those known, or a quarter of its characters. Safe
/// for concurrent use.
/// </summary>
/// <param name="requestsPerMinute">The limit of requests; 0: none.</param>
/// <param name="tokensPerMinute">The limit of tokens, prompts and replies together; 0: none.</param>
/// <param name="time">The clock.</param>
internal sealed class JudgePace(int requestsPerMinute, int tokensPerMinute, TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<Entry> _lastMinute = new();
    private double _knownTokens;
    private int _known;

    /// <summary>Waits until a request may go, and counts it.</summary>
    /// <param name="characters">The length of its body.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Entry> EnterAsync(int characters, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait;
            lock (_lock)
            {
                var tokens = _known > 0 ? _knownTokens / _known : characters / 4.0;
                wait = WaitFor(tokens);
                if (wait <= TimeSpan.Zero)
                {
                    var entry = new Entry(time.GetUtcNow(), tokens);
                    _lastMinute.Enqueue(entry);
                    return entry;
                }
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes in what a request has taken, as the server counts it.</summary>
    public void Settle(Entry entry, int tokens)
    {
        lock (_lock)
        {
            entry.Tokens = tokens;
            _knownTokens += tokens;
            _known++;
        }
    }

    // A question that is larger than the limit by itself goes when nothing else is counted.
    private TimeSpan WaitFor(double tokens)
    {
        var now = time.GetUtcNow();
        while (_lastMinute.TryPeek(out var oldest) && oldest.Sent + Minute <= now)
        {
            _lastMinute.Dequeue();
        }

        var full = (requestsPerMinute > 0 && _lastMinute.Count >= requestsPerMinute)
            || (tokensPerMinute > 0 && _lastMinute.Sum(entry => entry.Tokens) + tokens > tokensPerMinute);
        return full && _lastMinute.TryPeek(out var first) ? first.Sent + Minute - now : TimeSpan.Zero;
    }

    /// <summary>A request that was sent within the last minute.</summary>
    internal sealed class Entry(DateTimeOffset sent, double tokens)
    {
        public DateTimeOffset Sent => sent;

        public double Tokens { get; set; } = tokens;
    }
}
