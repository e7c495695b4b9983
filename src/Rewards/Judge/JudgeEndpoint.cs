using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace R1Reward.Rewards.Judge;

/// <summary>One OpenAI-compatible server: its requests under a time limit and its own circuit breaker.</summary>
internal sealed class JudgeEndpoint
{
    private readonly JudgeOptions _options;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly string _key;
    private readonly Uri _base;
    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private volatile string? _model;
    private int _inFlight;

    public JudgeEndpoint(Uri address, JudgeOptions options, HttpClient http, TimeProvider time, string key)
    {
        (_options, _http, _time, _key, _model) = (options, http, time, key, options.Model);
        _base = new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = options.BreakAfter,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = options.BreakFor,
                StateProvider = _circuit,
                ShouldHandle = failed => ValueTask.FromResult(JudgeCallException.TripsCircuit(failed.Outcome.Exception)),
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout })
            .Build();
    }

    /// <summary>The address, for messages.</summary>
    public string Name => _base.ToString();

    /// <summary>Requests under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether the endpoint rests after failures.</summary>
    public bool Rests => _circuit.CircuitState is CircuitState.Open or CircuitState.Isolated;

    /// <summary>The text of one chat completion.</summary>
    public async ValueTask<string> CompleteAsync(JudgePrompt prompt, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            return await _pipeline.ExecuteAsync(
                async (state, token) => await state.Self.CompleteOnceAsync(state.Prompt, token).ConfigureAwait(false),
                (Self: this, Prompt: prompt), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task<string> CompleteOnceAsync(JudgePrompt prompt, CancellationToken cancellationToken)
    {
        // Several first requests may each list the models; the answer is the same.
        _model ??= await FirstModelAsync(cancellationToken).ConfigureAwait(false);
        var body = new JObject
        {
            ["model"] = _model,
            ["messages"] = new JArray(
                new JObject { ["role"] = "system", ["content"] = prompt.System },
                new JObject { ["role"] = "user", ["content"] = prompt.User }),
            ["temperature"] = _options.Temperature,
            ["max_tokens"] = _options.MaxTokens,
            ["stream"] = false,
        };
        var reply = await SendAsync(HttpMethod.Post, "chat/completions", body, cancellationToken).ConfigureAwait(false);
        return (reply["choices"] as JArray)?.FirstOrDefault() is JObject choice && choice["message"] is JObject { } message
            && message["content"] is JValue { Value: string text }
                ? text
                : throw new JudgeCallException(JudgeFailureKind.BadReply, $"{Name}chat/completions sent no choices[0].message.content");
    }

    private async Task<string> FirstModelAsync(CancellationToken cancellationToken)
    {
        var list = await SendAsync(HttpMethod.Get, "models", null, cancellationToken).ConfigureAwait(false);
        return (list["data"] as JArray)?.FirstOrDefault() is JObject first && first["id"] is JValue { Value: string id }
            ? id
            : throw new JudgeCallException(JudgeFailureKind.BadReply, $"{Name}models lists no model: set judge.model");
    }

    private async Task<JObject> SendAsync(HttpMethod method, string path, JObject? body, CancellationToken cancellationToken)
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
            return response.IsSuccessStatusCode
                ? JudgeJson.TryParse(text) ?? throw new JudgeCallException(JudgeFailureKind.BadReply, $"{Name}{path} replied with something other than a JSON object")
                : throw Refusal(path, response, text);
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
        var error = JudgeJson.TryParse(body)?["error"];
        var reason = Line(error is JObject { } detail && detail["message"] is JValue { Value: string said } ? said : error?.ToString() ?? body);
        return new JudgeCallException(kind, $"{Name}{path} answered {(int)response.StatusCode}: {reason}", RetryAfter(response));
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
        _ => null,
    };

    /// <summary>Foreign text as one short line without the key, which some servers quote when they refuse it.</summary>
    private string Line(string text)
    {
        var safe = _options.ApiKeyEnv is null ? text : text.Replace(_key, "(key)", StringComparison.Ordinal);
        var clean = string.Join(' ', safe.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return clean.Length <= 300 ? clean : clean[..300] + "...";
    }
}
