using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Text;
using R1Reward.Rewards.Http;

namespace R1Reward.Rewards.Remote;

/// <summary>
/// Asks a reward server for scores. As in the published clients, a request that breaks, takes too long or is answered
/// with an error status is sent again after a fixed pause. Over <c>/get_reward*</c> so is a reply without
/// <c>rewards</c>; over <c>/compute</c> that, and an <c>error</c> that the server reports, fail at once. Rewards that
/// are not finite or not one for each item are a failure.
/// </summary>
public sealed class RemoteRewardClient : IRemoteReward, IDisposable
{
    private readonly RemoteRewardOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly string? _key;
    private readonly SemaphoreSlim _places;

    /// <summary>Creates a client; nothing is sent before the first call.</summary>
    /// <exception cref="UserErrorException">Settings that cannot work, or a named key that is not set.</exception>
    public RemoteRewardClient(RemoteRewardOptions options, TimeProvider time)
    {
        options.Validate();
        _options = options;
        _time = time;
        _places = new SemaphoreSlim(options.Concurrency);
        _key = options.ApiKeyEnv is { } name ? ReadKey(name) : null;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = !options.Url.IsLoopback };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public async Task<RemoteScores> ScoreAsync(
        IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
    {
        var body = RemoteBody.Write(items, _options).ToString(Formatting.None);
        var url = _options.IsCompute ? At("compute") : _options.Url;
        for (var attempt = 1; ; attempt++)
        {
            var (reply, failure) = await PostAsync(url, body, cancellationToken).ConfigureAwait(false);
            var (rewards, wrong) = reply is null ? (null, failure) : Read(reply, items.Count);
            if (rewards is not null)
            {
                return RemoteScores.From(rewards, attempt);
            }

            if (attempt == _options.EffectiveAttempts || (reply is not null && _options.IsCompute))
            {
                return RemoteScores.Failed($"{url}: {wrong}", attempt);
            }

            await Task.Delay(_options.EffectivePause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether a <c>/compute</c> server is up: null, or why not. The other protocols have no such question.
    /// </summary>
    public async Task<string?> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        if (!_options.IsCompute)
        {
            return null;
        }

        var (reply, failure) = await SendAsync(
            HttpMethod.Get, At("health"), null, TimeSpan.FromSeconds(5), cancellationToken).ConfigureAwait(false);
        var wrong = reply is null ? failure : reply["status"] is JValue { Value: "ok" } ? null : "its status is not ok";
        return wrong is null ? null : $"{At("health")}: {wrong}";
    }

    /// <summary>Closes the connections to the server.</summary>
    public void Dispose()
    {
        _http.Dispose();
        _places.Dispose();
    }

    private static string ReadKey(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } key ? key : throw new UserErrorException(
            $"remote reward: the key is to be in {variable}, which is not set: export it, or leave the setting out");

    private async Task<(JObject? Reply, string? Failure)> PostAsync(
        Uri url, string body, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendAsync(
                HttpMethod.Post, url, body, _options.EffectiveTimeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    private (double[]? Rewards, string? Wrong) Read(JObject reply, int expected)
    {
        if (reply["error"] is JValue { Value: string { Length: > 0 } error })
        {
            return (null, $"the server reports: {Line(error)}");
        }

        if (reply["rewards"] is not JArray list || !list.All(IsNumber))
        {
            return (null, "the reply has no list of numbers named rewards");
        }

        var rewards = list.Select(reward => (double)reward).ToArray();
        return rewards.Length != expected ? (null, $"{rewards.Length} rewards for {expected} items")
            : rewards.All(double.IsFinite) ? (rewards, null)
            : (null, "a reward is not finite");
    }

    private static bool IsNumber(JToken value) =>
        value is JValue { Type: JTokenType.Integer or JTokenType.Float };

    private async Task<(JObject? Reply, string? Failure)> SendAsync(
        HttpMethod method, Uri url, string? body, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = _key is null ? null : new AuthenticationHeaderValue("Bearer", _key);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            return !response.IsSuccessStatusCode
                ? (null, $"answered {(int)response.StatusCode}: {Line(Reason(text))}")
                : JsonText.ParseObject(text) is { } reply ? (reply, null)
                : (null, "the reply is not a JSON object");
        }
        catch (HttpRequestException broken)
        {
            return (null, Line(broken.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"no reply within {limit.TotalSeconds:0.###} s");
        }
    }

    /// <summary>What the server says is wrong: <c>detail</c>, <c>error</c>, or the whole body.</summary>
    private static string Reason(string body)
    {
        var json = JsonText.ParseObject(body);
        return (json?["detail"] ?? json?["error"])?.ToString() ?? body;
    }

    private string Line(string text) => ErrorText.OneLine(text, _key);

    private Uri At(string path) => new(_options.Url.AbsoluteUri.TrimEnd('/') + "/" + path);
}
