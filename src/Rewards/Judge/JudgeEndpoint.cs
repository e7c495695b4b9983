using Newtonsoft.Json.Linq;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// One OpenAI-compatible server: a limit of requests in flight, a time limit for each, and a circuit breaker. A server
/// that keeps failing is ejected and comes back by a health check, or by the first question where no other server is
/// left.
/// </summary>
internal sealed class JudgeEndpoint : IDisposable
{
    private readonly JudgeOptions _options;
    private readonly JudgeHttp _http;
    private readonly JudgeDialect _dialect;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly SemaphoreSlim _places;
    private volatile string? _model;
    private volatile bool _hasAnswered;
    private long _ejectedUntil;
    private int _load;
    private int _checking;

    public JudgeEndpoint(
        Uri address, JudgeOptions options, HttpClient http, TimeProvider time, string key, Action<string> note)
    {
        _options = options;
        _http = new JudgeHttp(address, options, http, time, key);
        _dialect = new JudgeDialect(note);
        _time = time;
        _model = options.Model;
        _places = new SemaphoreSlim(options.Concurrency);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = options.BreakAfter,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = options.BreakFor,
                StateProvider = _circuit,
                ShouldHandle = failed =>
                    ValueTask.FromResult(JudgeCallException.TripsCircuit(failed.Outcome.Exception)),
                OnOpened = opened =>
                {
                    Volatile.Write(ref _ejectedUntil, (time.GetUtcNow() + opened.BreakDuration).UtcTicks);
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout })
            .Build();
    }

    /// <summary>The address, for messages.</summary>
    public string Name => _http.Name;

    /// <summary>Questions that are with this endpoint or wait for a place.</summary>
    public int Load => Volatile.Read(ref _load);

    /// <summary>Whether the endpoint is ejected after failures.</summary>
    public bool IsEjected => _circuit.CircuitState != CircuitState.Closed;

    /// <summary>One request for a completion.</summary>
    public async ValueTask<JudgeAnswer> CompleteAsync(JudgeCall call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _load);
        try
        {
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (_http.Wait is var wait && wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
                }

                return await _pipeline.ExecuteAsync(
                    async (state, token) => await state.Self.CompleteOnceAsync(state.Call, token).ConfigureAwait(false),
                    (Self: this, Call: call), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _load);
        }
    }

    /// <summary>
    /// Whether the endpoint answers at all and takes the key: lists its models or, where it has no list and the model
    /// is named, answers a plain question.
    /// </summary>
    /// <exception cref="JudgeCallException">It does not.</exception>
    public async ValueTask ProbeAsync(CancellationToken cancellationToken) => await _pipeline.ExecuteAsync(
        async (self, token) => await self.ProbeOnceAsync(token).ConfigureAwait(false),
        this, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Starts a health check of an ejected endpoint that has rested long enough; its success brings the endpoint back.
    /// </summary>
    public void CheckWhenRested()
    {
        var rested = IsEjected && _time.GetUtcNow().UtcTicks >= Volatile.Read(ref _ejectedUntil);
        if (rested && Interlocked.Exchange(ref _checking, 1) == 0)
        {
            _ = CheckHealthAsync();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task CheckHealthAsync()
    {
        try
        {
            await ProbeAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed) when (
            failed is ObjectDisposedException || JudgeCallException.AsFailure(failed, Name) is not null)
        {
            // The circuit breaker has counted the failure, and the endpoint goes on resting.
        }
        finally
        {
            Volatile.Write(ref _checking, 0);
        }
    }

    private async Task ProbeOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var first = await FirstModelAsync(cancellationToken).ConfigureAwait(false);
            _model ??= first;
        }
        catch (JudgeCallException refused) when (
            _model is not null && refused.Kind is JudgeFailureKind.Rejected or JudgeFailureKind.BadReply)
        {
            var plain = JudgeRequest.Write(JudgePrompt.Check, _options);
            await CheckAsync(new JudgeCall(plain, this), refused, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<JudgeAnswer> CompleteOnceAsync(JudgeCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await AskOnceAsync(call, call.Body, cancellationToken).ConfigureAwait(false);
        }
        catch (JudgeCallException refused) when (refused.MayConcernTheQuestion)
        {
            // Before its first answer a judge that refuses may be the wrong one: a plain question tells.
            if (!_hasAnswered)
            {
                await CheckAsync(call, refused, cancellationToken).ConfigureAwait(false);
            }

            throw new JudgeCallException(JudgeFailureKind.Refused, refused.Message);
        }
    }

    /// <summary>Returns when the endpoint answers a plain question, however it does.</summary>
    /// <exception cref="JudgeCallException">It does not.</exception>
    private async Task CheckAsync(JudgeCall call, JudgeCallException refused, CancellationToken cancellationToken)
    {
        try
        {
            var plain = JudgeRequest.Write(JudgePrompt.Check, _options);
            await AskOnceAsync(call, plain, cancellationToken).ConfigureAwait(false);
        }
        catch (JudgeCallException alike) when (alike.MayConcernTheQuestion)
        {
            throw refused;
        }
        catch (JudgeCallException answered) when (answered.Kind == JudgeFailureKind.NoText)
        {
            // A completion without text is one nevertheless: address, key, model and options are right.
        }
    }

    private async Task<JudgeAnswer> AskOnceAsync(JudgeCall call, JObject question, CancellationToken cancellationToken)
    {
        call.Attempts++;
        // Several first requests may each list the models; the answer is the same.
        _model ??= await FirstModelAsync(cancellationToken).ConfigureAwait(false);
        var body = new JObject(_dialect.Write(question)) { ["model"] = _model };
        var path = _options.Api == JudgeApi.Chat ? "chat/completions" : "completions";
        var response = await PostAsync(call, path, body, cancellationToken).ConfigureAwait(false);
        call.Spent = JudgeResponse.Spent(response);
        if (JudgeResponse.FirstChoice(response) is not { } choice)
        {
            throw _http.Failure(
                JudgeFailureKind.BadReply, path, $"replied with something other than a completion: {response}");
        }

        _hasAnswered = true;
        return JudgeResponse.Read(choice, _options.Api) ?? throw _http.Failure(
            JudgeFailureKind.NoText, path, $"sent no text: {JudgeResponse.WhyNoText(choice, body)}");
    }

    /// <summary>Posts a body, and once more for each field that the server wants otherwise.</summary>
    private async Task<JObject> PostAsync(
        JudgeCall call, string path, JObject body, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _http.SendAsync(path, body, cancellationToken).ConfigureAwait(false);
            }
            catch (JudgeCallException refused) when (
                refused.MayConcernTheQuestion && _dialect.Learn(body, refused.Message))
            {
                body = _dialect.Write(body);
                call.Attempts++;
            }
        }
    }

    private async Task<string> FirstModelAsync(CancellationToken cancellationToken)
    {
        var list = await _http.SendAsync("models", null, cancellationToken).ConfigureAwait(false);
        return (list["data"] as JArray)?.FirstOrDefault() is JObject first && first["id"] is JValue { Value: string id }
            ? id
            : throw _http.Failure(JudgeFailureKind.BadReply, "models", "lists no model: set judge.model");
    }
}
