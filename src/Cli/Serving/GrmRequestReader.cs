using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Http;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// Reads the body of a chat completion request. Beside OpenAI's fields it takes <c>top_k</c>, <c>min_p</c>,
/// <c>min_tokens</c>, <c>repetition_penalty</c> and <c>vote_k</c>; <see cref="GrmFields"/> says what becomes of all
/// others.
/// </summary>
internal static class GrmRequestReader
{
    private const int MaxTopLogProbs = 20;
    private const int MaxStops = 16;

    /// <summary>The request that a body describes.</summary>
    /// <exception cref="RefusedException">
    /// 400 with the field and what it should hold; 404 for another model.
    /// </exception>
    public static GrmRequest Read(JObject body, GrmServerOptions options)
    {
        RequireModel(body, options);
        GrmFields.Check(body);
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
            GrmMessages.Read(body, options.Fetches),
            Samples: (int)(votes ?? samples ?? 1),
            Vote: votes is not null,
            Sampling(body, options),
            Seed: body.GetWhole("seed", long.MinValue, long.MaxValue, off: -1),
            stream,
            StreamsUsage(body),
            logProbs,
            (int)topLogProbs);
    }

    private static void RequireModel(JObject body, GrmServerOptions options)
    {
        var model = body.Get("model");
        if (model is not null && !(model is JValue { Value: string name } && name == options.Model))
        {
            throw new RefusedException(404, $"there is no such model; this server has {options.Model}");
        }
    }

    private static SamplingOptions Sampling(JObject body, GrmServerOptions options)
    {
        // max_tokens is the older name of the same field.
        var limit = body.GetWhole("max_completion_tokens", 1, int.MaxValue, off: -1)
            ?? body.GetWhole("max_tokens", 1, int.MaxValue, off: -1)
            ?? options.MaxNewTokens;
        var maxNewTokens = (int)Math.Min(limit, options.MaxNewTokens);
        return new SamplingOptions
        {
            Temperature = body.GetNumber("temperature", 1, value => value is >= 0 and <= 1e6, "from 0 to 1000000"),
            TopP = body.GetNumber("top_p", 1, value => value is > 0 and <= 1, "above 0 and at most 1"),
            TopK = (int)(body.GetWhole("top_k", 0, int.MaxValue, off: -1) ?? 0),
            MinP = body.GetNumber("min_p", 0, value => value is >= 0 and <= 1, "from 0 to 1"),
            RepetitionPenalty = body.GetNumber(
                "repetition_penalty", 1, value => value is > 0 and <= 1e6, "above 0 and at most 1000000"),
            MaxNewTokens = maxNewTokens,
            MinNewTokens = (int)(body.GetWhole("min_tokens", 0, maxNewTokens) ?? 0),
            StopStrings = Stops(body),
        };
    }

    private static IReadOnlyList<string> Stops(JObject body) => body.Get("stop") switch
    {
        null => [],
        JValue { Value: string { Length: > 0 } one } => [one],
        JArray { Count: <= MaxStops } list when list.All(IsStop) => [.. list.Select(stop => (string)stop!)],
        _ => throw new RefusedException(
            400, $"stop must be a text or a list of up to {MaxStops} texts, none of them empty"),
    };

    private static bool IsStop(JToken value) => value is JValue { Value: string { Length: > 0 } };

    // vLLM's running counts would be sent with every chunk; OpenAI's obfuscation only pads chunks.
    private static bool StreamsUsage(JObject body)
    {
        switch (body.Get("stream_options"))
        {
            case null:
                return false;
            case JObject streaming:
                string[] known = ["include_usage", "include_obfuscation", "continuous_usage_stats"];
                var other = streaming.Properties().FirstOrDefault(field => !known.Contains(field.Name));
                if (other is not null || streaming.GetFlag("continuous_usage_stats"))
                {
                    throw new RefusedException(
                        400, $"stream_options.{other?.Name ?? "continuous_usage_stats"} is not served: leave it out");
                }

                return streaming.GetFlag("include_usage");
            default:
                throw new RefusedException(400, "stream_options must be an object");
        }
    }
}
