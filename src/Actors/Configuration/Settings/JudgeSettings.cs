using System.Collections.Immutable;
using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Judge;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>How the remote judge is asked.</summary>
/// <param name="Options">How it is asked; its endpoints are empty where the built-in judge is to be started.</param>
public sealed record JudgeSettings(JudgeOptions Options)
{
    /// <summary>Reads the keys under <c>r1reward.judge</c>.</summary>
    public static JudgeSettings Read(SettingsReader reader)
    {
        const string judge = "r1reward.judge.";
        var endpoints = reader.List(judge + "endpoints");
        if (endpoints.FirstOrDefault(endpoint => !IsHttp(endpoint)) is { } bad)
        {
            reader.Refuse(
                judge + "endpoints",
                $"{bad} is not an http address; write for example \"http://127.0.0.1:8000/v1\"");
            endpoints = [];
        }

        var keyName = reader.Text(judge + "api-key-env");
        if (keyName.Length > 0 && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(keyName)))
        {
            reader.Refuse(
                judge + "api-key-env", "the environment has no such variable; set it, or leave the key empty");
        }

        if (reader.Text(judge + "cache-folder").Length > 0 && reader.Text(judge + "model").Length == 0)
        {
            reader.Refuse(
                judge + "cache-folder",
                "name r1reward.judge.model too: replies of another model would be taken for its own");
        }

        var options = new JudgeOptions
        {
            Endpoints = [.. endpoints.Select(endpoint => new Uri(endpoint))],
            Model = reader.Text(judge + "model") is { Length: > 0 } model ? model : null,
            Api = reader.OneOf<JudgeApi>(judge + "api"),
            ApiKeyEnv = keyName.Length > 0 ? keyName : null,
            ApiKeyHeader = reader.Text(judge + "api-key-header") is { Length: > 0 } header ? header : null,
            Headers = Texts(reader, judge + "headers"),
            Query = Texts(reader, judge + "query"),
            Body = reader.Section(judge + "body") is { Count: > 0 } body ? (JObject)Typed(body) : null,
            RequestsPerMinute = reader.Whole(judge + "requests-per-minute", 0),
            TokensPerMinute = reader.Whole(judge + "tokens-per-minute", 0),
            Timeout = reader.Duration(judge + "timeout"),
            Budget = reader.Duration(judge + "budget"),
            Concurrency = reader.Whole(judge + "concurrency", 1),
            MaxAttempts = reader.Whole(judge + "max-attempts", 1, 100),
            RetryDelay = reader.Duration(judge + "retry-delay"),
            MaxRetryDelay = reader.Duration(judge + "max-retry-delay"),
            BreakAfter = reader.Whole(judge + "break-after", 2),
            BreakFor = reader.Duration(judge + "break-for"),
            CacheEntries = reader.Whole(judge + "cache-entries", 0),
            CacheFolder = reader.File(judge + "cache-folder") is { Length: > 0 } folder ? folder : null,
            Reading = reader.OneOf<ReplyReading>(judge + "reading"),
            Temperature = reader.Number(judge + "temperature", 0),
            MaxTokens = reader.Whole(judge + "max-tokens", 1),
            OnFailure = reader.OneOf<JudgeFailurePolicy>(judge + "on-failure"),
        };
        if (options.Budget > TimeSpan.Zero && options.Budget < options.Timeout)
        {
            reader.Refuse(
                judge + "budget", "a question needs time for one request at least: write judge.timeout or more");
        }

        if (options.BreakFor > TimeSpan.Zero && options.BreakFor < JudgeOptions.ShortestBreak)
        {
            reader.Refuse(judge + "break-for", "write 500 ms or more");
        }

        return new JudgeSettings(options);
    }

    private static ImmutableSortedDictionary<string, string> Texts(SettingsReader reader, string key)
    {
        var fields = reader.Section(key).Properties().ToList();
        if (fields.Any(field => field.Value is not JValue))
        {
            reader.Refuse(key, "every value is a text");
            return ImmutableSortedDictionary<string, string>.Empty;
        }

        return fields.Count == 0
            ? ImmutableSortedDictionary<string, string>.Empty
            : fields.ToImmutableSortedDictionary(field => field.Name, field => (string?)field.Value ?? "");
    }

    /// <summary>Texts that JSON writes as a number, true, false or null become such.</summary>
    private static JToken Typed(JToken token) => token switch
    {
        JObject fields => new JObject(
            fields.Properties().Select(field => new JProperty(field.Name, Typed(field.Value)))),
        JArray items => new JArray(items.Select(Typed)),
        JValue { Value: "true" } => true,
        JValue { Value: "false" } => false,
        JValue { Value: null or "null" } => JValue.CreateNull(),
        JValue { Value: string text } when long.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        JValue { Value: string text } when double.TryParse(
            text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => number,
        _ => token,
    };

    private static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https");
}
