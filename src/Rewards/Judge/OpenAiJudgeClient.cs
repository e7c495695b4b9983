using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// A judge behind the OpenAI interfaces. From the outside in: the cache, a turn to ask, a time budget per question,
/// retries with jitter for what is transient (no connection, time-out, 429 with its Retry-After, 5xx), then per
/// endpoint its places, a circuit breaker and a time limit per request. Other refusals fail at once. Each attempt goes
/// to the least busy endpoint that is not ejected. A question that is refused while a plain one is answered fails
/// alone. Safe for concurrent use.
/// </summary>
public sealed class OpenAiJudgeClient : IJudgeClient, IDisposable
{
    private const int LargestReply = 16 * 1024 * 1024;

    private readonly JudgeOptions _options;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly JudgeEndpoint[] _endpoints;
    private readonly JudgeCache? _cache;
    private readonly JudgePace _pace;
    private readonly SemaphoreSlim _turns;
    private readonly ResiliencePipeline _retries;
    private int _turn;

    /// <summary>Creates a client; nothing is sent before the first question.</summary>
    /// <param name="options">Where and how to ask.</param>
    /// <param name="time">The clock of limits, pauses and rests.</param>
    /// <param name="jitter">
    /// Random numbers from 0 up to 1 that spread the pauses; null takes the retry library's own generator.
    /// </param>
    /// <param name="note">Takes a sentence when a server does not let itself be asked as configured.</param>
    /// <exception cref="Data.UserErrorException">Settings that cannot work, or a named key that is not set.</exception>
    public OpenAiJudgeClient(
        JudgeOptions options, TimeProvider time, Func<double>? jitter = null, Action<string>? note = null)
    {
        options.Validate();
        var key = options.ReadApiKey();
        _options = options;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // A proxy of the environment is for the outside, not for judges on this machine.
            UseProxy = !options.Endpoints.All(endpoint => endpoint.IsLoopback),
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestReply,
        };
        _endpoints =
        [
            .. options.Endpoints.Select(address =>
                new JudgeEndpoint(address, options, _http, time, key, note ?? (_ => { }))),
        ];
        _pace = new JudgePace(options.RequestsPerMinute, options.TokensPerMinute, time);
        if (options.CacheEntries > 0 || options.CacheFolder is not null)
        {
            _cache = new JudgeCache(options.CacheEntries, options.CacheFolder);
        }

        _turns = new SemaphoreSlim(options.Concurrency * _endpoints.Length);
        _retries = Retries(options, time, jitter);
    }

    /// <inheritdoc/>
    public async Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default)
    {
        var start = _time.GetTimestamp();
        var call = new JudgeCall(JudgeRequest.Write(prompt, _options), _endpoints[0]);
        var cache = prompt.IsCheck ? null : _cache;
        var key = cache is null ? "" : JudgeCache.KeyOf(_options.Model ?? "", call.Body, prompt.Repetition);
        if (cache?.Find(key) is { } known)
        {
            return new JudgeReply(known.Text, null, 0, _time.GetElapsedTime(start))
            {
                Tokens = known.Tokens,
                CutOff = known.CutOff,
                Cached = true,
            };
        }

        var length = prompt.System.Length + prompt.User.Length;
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The first request waits for its minute outside of the budget, as for a turn; further ones within it.
            var paced = await _pace.EnterAsync(length, cancellationToken).ConfigureAwait(false);
            var answer = await _retries.ExecuteAsync(
                async (asked, token) =>
                {
                    if (asked.Attempts > 0)
                    {
                        paced = await _pace.EnterAsync(length, token).ConfigureAwait(false);
                    }

                    asked.Endpoint = LeastBusy();
                    return await asked.Endpoint.CompleteAsync(asked, token).ConfigureAwait(false);
                },
                call, cancellationToken).ConfigureAwait(false);
            if (call.Spent is { } spent)
            {
                _pace.Settle(paced, spent);
            }

            cache?.Add(key, answer);
            return new JudgeReply(answer.Text, null, call.Attempts, _time.GetElapsedTime(start))
            {
                Tokens = answer.Tokens,
                CutOff = answer.CutOff,
            };
        }
        catch (Exception failed) when (JudgeCallException.AsFailure(failed, call.Endpoint.Name) is { } failure)
        {
            return new JudgeReply(null, failure, call.Attempts, _time.GetElapsedTime(start));
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>
    /// Asks every endpoint whether it can be asked, with the usual retries. The failure of one that refuses (a wrong
    /// key or address), or of the first one where none answers; null where the judge can be asked.
    /// </summary>
    public async Task<JudgeFailure?> ProbeAsync(CancellationToken cancellationToken = default)
    {
        var probes = _endpoints.Select(endpoint => ProbeAsync(endpoint, cancellationToken));
        var failures = await Task.WhenAll(probes).ConfigureAwait(false);
        return failures.FirstOrDefault(failure => failure is { NeedsUser: true })
            ?? (failures.All(failure => failure is not null) ? failures[0] : null);
    }

    /// <summary>Closes the connections. Questions under way fail as unreachable or cancelled.</summary>
    public void Dispose()
    {
        _http.Dispose();
        _turns.Dispose();
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }
    }

    private async Task<JudgeFailure?> ProbeAsync(JudgeEndpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await _retries.ExecuteAsync(
                static (asked, token) => asked.ProbeAsync(token), endpoint, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception failed) when (JudgeCallException.AsFailure(failed, endpoint.Name) is { } failure)
        {
            return failure;
        }
    }

    /// <summary>
    /// Ties go round, so that idle endpoints share the load. Endpoints that are passed over because they rest are
    /// looked after.
    /// </summary>
    private JudgeEndpoint LeastBusy()
    {
        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)_endpoints.Length);
        var chosen = Enumerable.Range(0, _endpoints.Length)
            .Select(i => _endpoints[(first + i) % _endpoints.Length])
            .OrderBy(endpoint => endpoint.IsEjected)
            .ThenBy(endpoint => endpoint.Load)
            .First();
        foreach (var other in _endpoints.Where(other => other != chosen))
        {
            other.CheckWhenRested();
        }

        return chosen;
    }

    private ResiliencePipeline Retries(JudgeOptions options, TimeProvider time, Func<double>? jitter)
    {
        var budget = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.Budget });
        if (options.MaxAttempts == 1)
        {
            return budget.Build();
        }

        var retry = new RetryStrategyOptions
        {
            MaxRetryAttempts = options.MaxAttempts - 1,
            Delay = options.RetryDelay,
            MaxDelay = options.MaxRetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            DelayGenerator = failed => ValueTask.FromResult(
                failed.Outcome.Exception is JudgeCallException { RetryAfter: { } wait }
                    ? wait < options.MaxRetryDelay ? wait : options.MaxRetryDelay
                    : (TimeSpan?)null),
            // An endpoint that has just begun to rest is no obstacle while another one works.
            ShouldHandle = failed => ValueTask.FromResult(
                JudgeCallException.IsTransient(failed.Outcome.Exception)
                || (failed.Outcome.Exception is BrokenCircuitException
                    && _endpoints.Any(endpoint => !endpoint.IsEjected))),
        };
        retry.Randomizer = jitter ?? retry.Randomizer;
        return budget.AddRetry(retry).Build();
    }
}
