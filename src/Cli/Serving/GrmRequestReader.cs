using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Prompts;
using R1Reward.Rewards.Http;
using R1Reward.Rewards.Serving;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// Reads the body of a chat completion request. Beside OpenAI's fields it takes <c>top_k</c>, <c>min_p</c>,
/// <c>repetition_penalty</c> and <c>vote_k</c>. Fields that would change the reply and are not served are refused; others are ignored.
/// </summary>
internal static class GrmRequestReader
{
    private const int MostTopLogProbs = 20;
    private const int MostStops = 4;

    // Each with the values that change nothing.
    private static readonly (string Field, Func<JToken, bool> Harmless)[] NotServed =
    [
        ("tools", value => value is JArray { Count: 0 }),
        ("functions", value => value is JArray { Count: 0 }),
        ("logit_bias", value => value is JObject { Count: 0 }),
        ("presence_penalty", value => value is JValue { Value: 0L or 0.0 }),
        ("frequency_penalty", value => value is JValue { Value: 0L or 0.0 }),
        ("response_format", value => value is JObject format && format["type"] is JValue { Value: "text" }),
        ("modalities", value => value is JArray { Count: 1 } kinds && kinds[0] is JValue { Value: "text" }),
    ];

    /// <summary>The request.</summary>
    /// <exception cref="RefusedException">
    /// 400 with the field and what it should hold; 404 for another model.
    /// </exception>
    public static GrmRequest Read(JObject body, GrmServerOptions options)
    {
        if (Given(body, "model") is { } model && !(model is JValue { Value: string name } && name == options.Model))
        {
            throw new RefusedException(404, $"there is no such model; this server has {options.Model}");
        }

        foreach (var (field, harmless) in NotServed)
        {
            if (Given(body, field) is { } value && !harmless(value))
            {
                throw new RefusedException(400, $"{field} is not served: leave it out");
            }
        }

        var vote = Whole(body, "vote_k", 1, options.MaxSamples);
        var samples = Whole(body, "n", 1, options.MaxSamples);
        var (stream, logProbs) = (Flag(body, "stream"), Flag(body, "logprobs"));
        if (vote is not null && (stream || samples > 1 || logProbs))
        {
            throw new RefusedException(400, "vote_k gives one reply when all votes are in: it goes without stream, n and logprobs");
        }

        var top = Whole(body, "top_logprobs", 0, MostTopLogProbs) ?? 0;
        if (top > 0 && !logProbs)
        {
            throw new RefusedException(400, "top_logprobs needs logprobs: true");
        }

        return new GrmRequest(
            Messages(body),
            vote ?? samples ?? 1,
            vote is not null,
            Sampling(body, options),
            Given(body, "seed") switch
            {
                null => null,
                JValue { Value: long seed } => seed,
                _ => throw new RefusedException(400, "seed must be a whole number"),
            },
            stream,
            Given(body, "stream_options") is JObject streaming && Flag(streaming, "include_usage"),
            logProbs,
            top);
    }

    private static SamplingOptions Sampling(JObject body, GrmServerOptions options)
    {
        var limit = Whole(body, "max_completion_tokens", 1, int.MaxValue) ?? Whole(body, "max_tokens", 1, int.MaxValue) ?? options.MaxNewTokens;
        var sampling = new SamplingOptions
        {
            Temperature = Number(body, "temperature", 1),
            TopP = Number(body, "top_p", 1),
            TopK = Whole(body, "top_k", 0, int.MaxValue) ?? 0,
            MinP = Number(body, "min_p", 0),
            RepetitionPenalty = Number(body, "repetition_penalty", 1),
            MaxNewTokens = Math.Min(limit, options.MaxNewTokens),
            StopStrings = Stops(Given(body, "stop")),
        };
        try
        {
            sampling.Validate();
        }
        catch (UserErrorException wrong)
        {
            throw new RefusedException(400, wrong.Message);
        }

        return sampling;
    }

    private static IReadOnlyList<string> Stops(JToken? stop) => stop switch
    {
        null => [],
        JValue { Value: string { Length: > 0 } one } => [one],
        JArray { Count: <= MostStops } list when list.All(one => one is JValue { Value: string { Length: > 0 } }) => [.. list.Select(one => (string)one!)],
        _ => throw new RefusedException(400, $"stop must be a text or a list of up to {MostStops} texts"),
    };

    private static IReadOnlyList<ChatMessage> Messages(JObject body)
    {
        if (body["messages"] is not JArray { Count: > 0 } messages)
        {
            throw new RefusedException(400, "messages must be a list of at least one message");
        }

        return [.. messages.Select((message, i) => message is JObject turn && turn["role"] is JValue { Value: "system" or "developer" or "user" or "assistant" } role
            ? new ChatMessage((string)role! == "developer" ? "system" : (string)role!, Content(turn["content"], i))
            : throw new RefusedException(400, $"messages[{i}] needs a role: system, user or assistant"))];
    }

    private static IReadOnlyList<ContentPart> Content(JToken? content, int message) => content switch
    {
        JValue { Value: string text } => [new TextPart(text)],
        JArray { Count: > 0 } parts => [.. parts.Select(part => Part(part, message))],
        _ => throw new RefusedException(400, $"messages[{message}] needs a content: a text, or a list of parts"),
    };

    // Only what the request itself holds: an address would have this server read files or ask other servers for a
    // stranger.
    private static ContentPart Part(JToken part, int message) => part is not JObject piece ? throw NoPart(message) : (string?)(piece["type"] as JValue) switch
    {
        "text" when piece["text"] is JValue { Value: string text } => new TextPart(text),
        "image_url" when piece["image_url"] is JObject { } image && image["url"] is JValue { Value: string url } => DataUri.Is(url)
            ? new MediaPart(new MediaItem(MediaKind.Image, url))
            : throw new RefusedException(400, $"messages[{message}]: pictures come inside the request, as data:image/png;base64,...; addresses are not fetched"),
        _ => throw NoPart(message),
    };

    private static RefusedException NoPart(int message) => new(400, $"messages[{message}] holds something other than parts of type text and image_url");

    private static JToken? Given(JObject body, string field) => body[field] is { Type: not JTokenType.Null } value ? value : null;

    private static bool Flag(JObject body, string field) => Given(body, field) switch
    {
        null => false,
        JValue { Value: bool flag } => flag,
        _ => throw new RefusedException(400, $"{field} must be true or false"),
    };

    private static int? Whole(JObject body, string field, int least, int most) => Given(body, field) switch
    {
        null => null,
        JValue { Value: long number } when number >= least && number <= most => (int)number,
        _ => throw new RefusedException(400, most == int.MaxValue ? $"{field} must be a whole number, {least} or more" : $"{field} must be a whole number from {least} to {most}"),
    };

    private static double Number(JObject body, string field, double otherwise) => Given(body, field) switch
    {
        null => otherwise,
        JValue { Type: JTokenType.Integer or JTokenType.Float } number => (double)number,
        _ => throw new RefusedException(400, $"{field} must be a number"),
    };
}
