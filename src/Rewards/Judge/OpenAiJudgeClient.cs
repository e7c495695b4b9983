using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// A judge behind the OpenAI chat API. From the outside in: a limit of concurrent questions, retries with jitter for what
/// is transient (no connection, time-out, 429 with its Retry-After, 5xx), then per endpoint a circuit breaker and a
/// time limit per request. Other refusals fail at once. Each attempt goes to the least busy endpoint that does not rest.
/// Safe for concurrent use.
/// </summary>
public sealed class OpenAiJudgeClient : IJudgeClient, IDisposable
{
    private const int LargestReply = 4 * 1024 * 1024;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly JudgeEndpoint[] _endpoints;
    private readonly SemaphoreSlim _slots;
    private readonly ResiliencePipeline _retries;
    private int _turn;

    /// <summary>Creates a client; nothing is sent before the first question.</summary>
    /// <param name="options">Where and how to ask.</param>
    /// <param name="time">The clock of limits, pauses and rests.</param>
    /// <param name="jitter">Random numbers from 0 up to 1 that spread the pauses; null takes the retry library's own generator.</param>
    /// <exception cref="Data.UserErrorException">Settings that cannot work, or a named key that is not set.</exception>
    public OpenAiJudgeClient(JudgeOptions options, TimeProvider time, Func<double>? jitter = null)
    {
        options.Validate();
        var key = options.ReadApiKey();
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
        _endpoints = [.. options.Endpoints.Select(address => new JudgeEndpoint(address, options, _http, time, key))];
        _slots = new SemaphoreSlim(options.Concurrency);
        _retries = Retries(options, time, jitter);
    }

    /// <inheritdoc/>
    public async Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default)
    {
        var start = _time.GetTimestamp();
        var (attempts, asked) = (0, _endpoints[0]);
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var text = await _retries.ExecuteAsync(
                async token =>
                {
                    asked = LeastBusy();
                    attempts += asked.Rests ? 0 : 1;
                    return await asked.CompleteAsync(prompt, token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            return new JudgeReply(text, null, attempts, _time.GetElapsedTime(start));
        }
        catch (Exception failed) when (JudgeCallException.AsFailure(failed, asked.Name) is { } failure)
        {
            return new JudgeReply(null, failure, attempts, _time.GetElapsedTime(start));
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Closes the connections. Questions under way fail as unreachable or cancelled.</summary>
    public void Dispose()
    {
        _http.Dispose();
        _slots.Dispose();
    }

    /// <summary>Ties go round, so that idle endpoints share the load.</summary>
    private JudgeEndpoint LeastBusy()
    {
        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)_endpoints.Length);
        return Enumerable.Range(0, _endpoints.Length)
            .Select(i => _endpoints[(first + i) % _endpoints.Length])
            .OrderBy(endpoint => endpoint.Rests)
            .ThenBy(endpoint => endpoint.InFlight)
            .First();
    }

    private ResiliencePipeline Retries(JudgeOptions options, TimeProvider time, Func<double>? jitter)
    {
        if (options.MaxAttempts == 1)
        {
            return ResiliencePipeline.Empty;
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
                || (failed.Outcome.Exception is BrokenCircuitException && _endpoints.Any(endpoint => !endpoint.Rests))),
        };
        retry.Randomizer = jitter ?? retry.Randomizer;
        return new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(retry).Build();
    }
}
