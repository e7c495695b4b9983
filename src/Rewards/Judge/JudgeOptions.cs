using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Rewards.Judge;

/// <summary>Options of the remote judge, HOCON section <c>judge</c>.</summary>
public sealed record JudgeOptions
{
    /// <summary>Default of <see cref="MaxAsks"/>, the published figure.</summary>
    public const int DefaultMaxAsks = 3;

    /// <summary>The shortest time that <see cref="BreakFor"/> may be.</summary>
    public static readonly TimeSpan ShortestBreak = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>
    /// Base addresses of OpenAI-compatible servers, for example <c>http://127.0.0.1:8000/v1</c>; the least busy one is
    /// asked. At least one.
    /// </summary>
    public ImmutableArray<Uri> Endpoints { get; init; } = [];

    /// <summary>The model to ask for; null (the default) takes the first that <c>GET /models</c> lists.</summary>
    public string? Model { get; init; }

    /// <summary>Which interface is used. Default chat.</summary>
    public JudgeApi Api { get; init; } = JudgeApi.Chat;

    /// <summary>
    /// The environment variable that holds the key; null (the default) sends the key <c>EMPTY</c>, as servers without
    /// keys expect.
    /// </summary>
    public string? ApiKeyEnv { get; init; }

    /// <summary>
    /// The header in which the bare key is sent, for example <c>api-key</c>; null (the default): as a bearer token.
    /// </summary>
    public string? ApiKeyHeader { get; init; }

    /// <summary>Headers of every request. Default none.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Query parameters of every request. Default none.</summary>
    public ImmutableSortedDictionary<string, string> Query { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// Fields of every request for a completion, which replace those of the same name; a field that is null is left
    /// out. Null (the default): none.
    /// </summary>
    public JObject? Body { get; init; }

    /// <summary>Requests of any minute, over all endpoints; 0 (the default): no limit.</summary>
    public int RequestsPerMinute { get; init; }

    /// <summary>Tokens of any minute, prompts and replies of all endpoints; 0 (the default): no limit.</summary>
    public int TokensPerMinute { get; init; }

    /// <summary>Limit of one HTTP request. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Limit of one question from its first request on, with all its attempts and pauses; waiting for its turn does not
    /// count. Default 5 min.
    /// </summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests in flight at once at each endpoint. Default 16.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>
    /// HTTP requests per question, the first included; only transient failures are tried again. Default 5.
    /// </summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>
    /// Mean pause before the second attempt; it doubles with each further one and is spread by jitter. Default 0.5 s; a
    /// server's Retry-After goes first.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause between attempts, whatever Retry-After says. Default 60 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Questions per trace until a reply parses. Default 3.</summary>
    public int MaxAsks { get; init; } = DefaultMaxAsks;

    /// <summary>How verdicts are read out of replies. Default <see cref="ReplyReading.Strict"/>.</summary>
    public ReplyReading Reading { get; init; } = ReplyReading.Strict;

    /// <summary>Sampling temperature of the judge. Default 0.1.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Limit of the judge's reply in tokens. Default 4096.</summary>
    public int MaxTokens { get; init; } = 4096;

    /// <summary>
    /// An endpoint rests when at least this many requests of the last 30 s are known and half of them failed. Default
    /// 8, at least 2.
    /// </summary>
    public int BreakAfter { get; init; } = 8;

    /// <summary>How long an endpoint rests before it is tried again. Default 10 s, at least 0.5 s.</summary>
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Replies that are kept in memory by the content of their question, the last used ones. Default 4096; 0: none.
    /// </summary>
    public int CacheEntries { get; init; } = 4096;

    /// <summary>
    /// Folder in which replies are kept from run to run; null (the default): none. Needs <see cref="Model"/>.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>
    /// What the run does when a question fails for good. Default <see cref="JudgeFailurePolicy.Pause"/>.
    /// </summary>
    public JudgeFailurePolicy OnFailure { get; init; } = JudgeFailurePolicy.Pause;

    /// <summary>The key to send: from the environment, or <c>EMPTY</c>.</summary>
    /// <exception cref="UserErrorException">The named variable is not set.</exception>
    public string ReadApiKey() => ApiKeyEnv is null
        ? "EMPTY"
        : Environment.GetEnvironmentVariable(ApiKeyEnv) is { Length: > 0 } key
            ? key
            : throw new UserErrorException(
                $"judge.api-key-env names {ApiKeyEnv}, which is not set: export it, or leave the setting out for a " +
                "judge without key");

    /// <summary>Refuses settings that cannot work, all of them in one message.</summary>
    /// <exception cref="UserErrorException">At least one setting is wrong.</exception>
    public void Validate()
    {
        var errors = new List<string>();
        void Require(bool holds, string key, object value, string remedy)
        {
            if (!holds)
            {
                errors.Add($"judge.{key} is {value}: {remedy}");
            }
        }

        void Within(TimeSpan value, TimeSpan min, string key, string remedy) =>
            Require(value >= min && value <= Longest, key, value, remedy);

        Require(
            Endpoints.Length > 0,
            "endpoints",
            "empty",
            "name at least one OpenAI-compatible server, for example http://127.0.0.1:8000/v1");
        foreach (var endpoint in Endpoints)
        {
            var usable = endpoint.IsAbsoluteUri && endpoint.Scheme is ("http" or "https");
            Require(usable, "endpoints", endpoint, "use an http or https address");
            var open = !usable || endpoint.UserInfo.Length == 0;
            Require(open, "endpoints", "an address with a password", "give the key by api-key-env");
        }

        Within(Timeout, TimeSpan.FromMilliseconds(10), "timeout", "use 10 ms to 1 day");
        Within(Budget, Timeout, "budget", "use the timeout of one request or more, up to 1 day");
        Require(Concurrency >= 1, "concurrency", Concurrency, "use at least 1");
        Require(MaxAttempts >= 1, "max-attempts", MaxAttempts, "use at least 1");
        Within(RetryDelay, TimeSpan.Zero, "retry-delay", "use 0 to 1 day");
        Within(MaxRetryDelay, TimeSpan.FromTicks(1), "max-retry-delay", "use more than 0, up to 1 day");
        Require(MaxAsks >= 1, "max-asks", MaxAsks, "use at least 1");
        Require(Temperature is >= 0 and <= 2, "temperature", Temperature, "use 0 to 2");
        Require(MaxTokens >= 1, "max-tokens", MaxTokens, "use at least 1");
        Require(RequestsPerMinute >= 0, "requests-per-minute", RequestsPerMinute, "use 0 (no limit) or more");
        Require(TokensPerMinute >= 0, "tokens-per-minute", TokensPerMinute, "use 0 (no limit) or more");
        foreach (var field in new[] { "messages", "prompt", "model", "stream" })
        {
            Require(Body?[field] is null, $"body.{field}", "set", "take it out, this program writes it");
        }

        Require(BreakAfter >= 2, "break-after", BreakAfter, "use at least 2");
        Within(BreakFor, ShortestBreak, "break-for", "use 0.5 s to 1 day");
        Require(CacheEntries >= 0, "cache-entries", CacheEntries, "use 0 or more");
        Require(
            CacheFolder is null || Model is not null,
            "cache-folder",
            CacheFolder ?? "",
            "name judge.model too, or replies of another model would be taken for its own");
        if (errors.Count > 0)
        {
            throw new UserErrorException(string.Join("; ", errors));
        }
    }
}
