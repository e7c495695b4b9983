using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Text;
using R1Reward.Rewards.Http;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// Sends requests to one server and reads its replies as JSON. Whatever goes wrong is a
/// <see cref="JudgeCallException"/> with the server's own words.
/// </summary>
/// <param name="address">The base address.</param>
/// <param name="options">How the judge is asked.</param>
/// <param name="http">The connections.</param>
/// <param name="time">The clock, for Retry-After with a date.</param>
/// <param name="key">The key to send.</param>
internal sealed class JudgeHttp(Uri address, JudgeOptions options, HttpClient http, TimeProvider time, string key)
{
    private readonly Uri _base = new(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
    private readonly string _query = Query(address, options);
    private long _notBefore;

    /// <summary>The address, for messages.</summary>
    public string Name => _base.ToString();

    /// <summary>How long the server asks to leave it alone.</summary>
    public TimeSpan Wait
    {
        get
        {
            var wait = TimeSpan.FromTicks(Volatile.Read(ref _notBefore) - time.GetUtcNow().UtcTicks);
            return wait > options.MaxRetryDelay ? options.MaxRetryDelay : wait;
        }
    }

    /// <summary>Posts a body to a path, or gets the path where there is no body.</summary>
    /// <exception cref="JudgeCallException">No connection, a refusal, or a reply that is no JSON object.</exception>
    public async Task<JObject> SendAsync(string path, JObject? body, CancellationToken cancellationToken)
    {
        var method = body is null ? HttpMethod.Get : HttpMethod.Post;
        using var request = new HttpRequestMessage(method, new Uri(_base, path + _query));
        AddHeaders(request.Headers);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToString(Formatting.None), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            var wait = RateLimitHeaders.Wait(response, time.GetUtcNow());
            if (wait is { } pause)
            {
                Volatile.Write(ref _notBefore, (time.GetUtcNow() + pause).UtcTicks);
            }

            var json = JsonText.ParseObject(text);
            if (!response.IsSuccessStatusCode)
            {
                throw Refusal($"{path} answered {status}", JudgeError.Read(json, status, text), wait);
            }

            if (JudgeError.Within(json) is { } error)
            {
                throw Refusal($"{path} answered {status} with an error inside", error, wait);
            }

            return json ?? throw Failure(
                JudgeFailureKind.BadReply, path, $"replied with something other than a JSON object: {text}");
        }
        catch (HttpRequestException broken)
        {
            throw new JudgeCallException(JudgeFailureKind.Unreachable, $"{Name}{path}: {Line(broken.Message)}");
        }
    }

    /// <summary>A failure at a path, in words that do not show the key.</summary>
    public JudgeCallException Failure(JudgeFailureKind kind, string path, string what) =>
        new(kind, $"{Name}{path} {Line(what)}") { MayConcernTheQuestion = kind == JudgeFailureKind.BadReply };

    // Without a key of the user's, what is sent is the word EMPTY, which a message may hold.
    private string Line(string text) => ErrorText.OneLine(text, options.ApiKeyEnv is null ? null : key);

    private JudgeCallException Refusal(string what, JudgeError error, TimeSpan? retryAfter)
    {
        var reason = $"{Name}{what}: {Line(error.Message)}";
        if (error.Status is 401 or 403)
        {
            reason += options.ApiKeyEnv is { } name
                ? $" (the key is that of {name})"
                : " (no key was sent: name its environment variable in judge.api-key-env)";
        }

        return new JudgeCallException(error.Kind, reason, retryAfter)
        {
            MayConcernTheQuestion = error.MayConcernTheQuestion,
        };
    }

    private static string Query(Uri address, JudgeOptions options)
    {
        var own = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        var more = options.Query.Select(field =>
            $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}");
        var fields = string.Join('&', own.Concat(more));
        return fields.Length > 0 ? "?" + fields : "";
    }

    private void AddHeaders(HttpRequestHeaders headers)
    {
        if (options.ApiKeyHeader is { } name)
        {
            headers.TryAddWithoutValidation(name, key);
        }
        else
        {
            headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (header, value) in options.Headers)
        {
            headers.TryAddWithoutValidation(header, value);
        }
    }
}
