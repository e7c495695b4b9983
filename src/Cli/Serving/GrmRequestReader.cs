using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Rewards.Http;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// Reads the body of a chat completion request. Beside OpenAI's fields it takes <c>top_k</c>, <c>min_p</c>,
/// <c>repetition_penalty</c> and <c>vote_k</c>. Fields that would change the reply and are not served are refused;
/// others are ignored.
/// </summary>
internal static class GrmRequestReader
{
    private const int MaxTopLogProbs = 20;
    private const int MaxStops = 4;

    // Fields that are not served, each with the values that would not change the reply.
    private static readonly (string Field, Func<JToken, bool> IsHarmless)[] NotServed =
    [
        ("tools", value => value is JArray { Count: 0 }),
        ("functions", value => value is JArray { Count: 0 }),
        ("logit_bias", value => value is JObject { Count: 0 }),
        ("presence_penalty", value => value is JValue { Value: 0L or 0.0 }),
        ("frequency_penalty", value => value is JValue { Value: 0L or 0.0 }),
        ("response_format", value => value is JObject format && format["type"] is JValue { Value: "text" }),
        ("modalities", value => value is JArray { Count: 1 } kinds && kinds[0] is JValue { Value: "text" }),
    ];

    /// <summary>The request that a body describes.</summary>
    /// <exception cref="RefusedException">
    /// 400 with the field and what it should hold; 404 for another model.
    /// </exception>
    public static GrmRequest Read(JObject body, GrmServerOptions options)
    {
        RequireModel(body, options);
        RefuseNotServed(body);
        var votes = body.GetWhole("vote_k", 1, options.MaxSamples);
        var samples = body.GetWhole("n", 1, options.MaxSamples);
        var stream = body.GetFlag("stream");
        var logProbs = body.GetFlag("logprobs");
        if (votes is not null && (stream || samples > 1 || logProbs))
        {
            throw new RefusedException(
                400, "vote_k gives one reply when all votes are in: it goes without stream, n and logprobs");
        }

        var topLogProbs = body.GetWhole("top_logprobs", 0, MaxTopLogProbs) ?? 0;
        if (topLogProbs > 0 && !logProbs)
        {
            throw new RefusedException(400, "top_logprobs needs logprobs: true");
        }

        return new GrmRequest(
            GrmMessages.Read(body),
            Samples: votes ?? samples ?? 1,
            Vote: votes is not null,
            Sampling(body, options),
            Seed(body),
            stream,
            StreamUsage: body.Get("stream_options") is JObject streaming && streaming.GetFlag("include_usage"),
            logProbs,
            topLogProbs);
    }

    private static void RequireModel(JObject body, GrmServerOptions options)
    {
        var model = body.Get("model");
        if (model is not null && !(model is JValue { Value: string name } && name == options.Model))
        {
            throw new RefusedException(404, $"there is no such model; this server has {options.Model}");
        }
    }

    private static void RefuseNotServed(JObject body)
    {
        foreach (var (field, isHarmless) in NotServed)
        {
            if (body.Get(field) is { } value && !isHarmless(value))
            {
                throw new RefusedException(400, $"{field} is not served: leave it out");
            }
        }
    }

    private static SamplingOptions Sampling(JObject body, GrmServerOptions options)
    {
        // max_tokens is the older name of the same field.
        var limit = body.GetWhole("max_completion_tokens", 1, int.MaxValue)
            ?? body.GetWhole("max_tokens", 1, int.MaxValue)
            ?? options.MaxNewTokens;
        var sampling = new SamplingOptions
        {
            Temperature = body.GetNumber("temperature", 1),
            TopP = body.GetNumber("top_p", 1),
            TopK = body.GetWhole("top_k", 0, int.MaxValue) ?? 0,
            MinP = body.GetNumber("min_p", 0),
            RepetitionPenalty = body.GetNumber("repetition_penalty", 1),
            MaxNewTokens = Math.Min(limit, options.MaxNewTokens),
            StopStrings = Stops(body),
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

    private static IReadOnlyList<string> Stops(JObject body) => body.Get("stop") switch
    {
        null => [],
        JValue { Value: string { Length: > 0 } one } => [one],
        JArray { Count: <= MaxStops } list when list.All(IsStop) => [.. list.Select(stop => (string)stop!)],
        _ => throw new RefusedException(400, $"stop must be a text or a list of up to {MaxStops} texts"),
    };

    private static bool IsStop(JToken value) => value is JValue { Value: string { Length: > 0 } };

    private static long? Seed(JObject body) => body.Get("seed") switch
    {
        null => null,
        JValue { Value: long seed } => seed,
        _ => throw new RefusedException(400, "seed must be a whole number"),
    };
}
