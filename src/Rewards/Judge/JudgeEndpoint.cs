using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using R1Reward.Data.Text;
using R1Reward.Rewards.Http;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// One OpenAI-compatible server: a limit of requests in flight, a time limit for each, and a circuit breaker. A server
/// that keeps failing is ejected and comes back by a health check, or by the first question where no other server is
/// left.
/// </summary>
internal sealed class JudgeEndpoint : IDisposable
{
    private readonly JudgeOptions _options;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly string _key;
    private readonly Uri _base;
    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly SemaphoreSlim _places;
    private volatile string? _model;
    private long _restsUntil;
    private int _load;
    private int _checking;

    public JudgeEndpoint(Uri address, JudgeOptions options, HttpClient http, TimeProvider time, string key)
    {
        _options = options;
        _http = http;
        _time = time;
        _key = key;
        _model = options.Model;
        _base = new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
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
                    Volatile.Write(ref _restsUntil, (time.GetUtcNow() + opened.BreakDuration).UtcTicks);
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout })
            .Build();
    }

    /// <summary>The address, for messages.</summary>
    public string Name => _base.ToString();

    /// <summary>Questions that are with this endpoint or wait for a place.</summary>
    public int Load => Volatile.Read(ref _load);

    /// <summary>Whether the endpoint is ejected after failures.</summary>
    public bool Rests => _circuit.CircuitState != CircuitState.Closed;

    /// <summary>One request for a completion.</summary>
    public async ValueTask<JudgeAnswer> CompleteAsync(JudgeCall call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _load);
        try
        {
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
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

    /// <summary>Whether the endpoint answers at all and takes the key: lists its models.</summary>
    /// <exception cref="JudgeCallException">It does not.</exception>
    public async ValueTask ProbeAsync(CancellationToken cancellationToken) => await _pipeline.ExecuteAsync(
        async (self, token) =>
        {
            var first = await self.FirstModelAsync(token).ConfigureAwait(false);
            self._model ??= first;
        },
        this, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Starts a health check of an ejected endpoint that has rested long enough; its success brings the endpoint back.
    /// </summary>
    public void CheckWhenRested()
    {
        var rested = Rests && _time.GetUtcNow().UtcTicks >= Volatile.Read(ref _restsUntil);
        if (rested && Interlocked.Exchange(ref _checking, 1) == 0)
        {
            _ = CheckAsync();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task CheckAsync()
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

    private async Task<JudgeAnswer> CompleteOnceAsync(JudgeCall call, CancellationToken cancellationToken)
    {
        call.Attempts++;
        // Several first requests may each list the models; the answer is the same.
        _model ??= await FirstModelAsync(cancellationToken).ConfigureAwait(false);
        var body = new JObject(call.Body) { ["model"] = _model };
        var path = _options.Api == JudgeApi.Chat ? "chat/completions" : "completions";
        var response = await SendAsync(HttpMethod.Post, path, body, cancellationToken).ConfigureAwait(false);
        return JudgeResponse.Read(response, _options.Api) ?? throw new JudgeCallException(
            JudgeFailureKind.BadReply, $"{Name}{path} sent a reply without text in its first choice");
    }

    private async Task<string> FirstModelAsync(CancellationToken cancellationToken)
    {
        var list = await SendAsync(HttpMethod.Get, "models", null, cancellationToken).ConfigureAwait(false);
        return (list["data"] as JArray)?.FirstOrDefault() is JObject first && first["id"] is JValue { Value: string id }
            ? id
            : throw new JudgeCallException(JudgeFailureKind.BadReply, $"{Name}models lists no model: set judge.model");
    }

    private async Task<JObject> SendAsync(
        HttpMethod method, string path, JObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_base, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToString(Formatting.None), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Refusal(path, response, text);
            }

            return JsonText.ParseObject(text) ?? throw new JudgeCallException(
                JudgeFailureKind.BadReply, $"{Name}{path} replied with something other than a JSON object");
        }
        catch (HttpRequestException broken)
        {
            throw new JudgeCallException(JudgeFailureKind.Unreachable, $"{Name}{path}: {Line(broken.Message)}");
        }
    }

    private JudgeCallException Refusal(string path, HttpResponseMessage response, string body)
    {
        var kind = response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => JudgeFailureKind.RateLimited,
            >= HttpStatusCode.InternalServerError => JudgeFailureKind.ServerError,
            HttpStatusCode.RequestTimeout => JudgeFailureKind.ServerError,
            _ => JudgeFailureKind.Rejected,
        };
        var reason = $"{Name}{path} answered {(int)response.StatusCode}: {Line(ErrorOf(body))}";
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            reason += _options.ApiKeyEnv is { } name
                ? $" (the key is that of {name})"
                : " (no key was sent: name its environment variable in judge.api-key-env)";
        }

        return new JudgeCallException(kind, reason, RetryAfter(response));
    }

    /// <summary>What the server says is wrong: <c>error.message</c>, <c>error</c>, or the whole body.</summary>
    private static string ErrorOf(string body) => JsonText.ParseObject(body)?["error"] switch
    {
        JObject detail when detail["message"] is JValue { Value: string message } => message,
        null => body,
        var error => error.ToString(),
    };

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
        _ => null,
    };

    // Without a key of the user's, what is sent is the word EMPTY, which a message may hold.
    private string Line(string text) => ErrorText.OneLine(text, _options.ApiKeyEnv is null ? null : _key);
}
