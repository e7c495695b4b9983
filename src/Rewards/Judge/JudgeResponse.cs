using System.Collections.Immutable;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Judge;

/// <summary>Reads the bodies of OpenAI replies.</summary>
internal static class JudgeResponse
{
    /// <summary>The first choice; null where the body holds none.</summary>
    public static JudgeAnswer? Read(JObject body, JudgeApi api)
    {
        if ((body["choices"] as JArray)?.FirstOrDefault() is not JObject choice)
        {
            return null;
        }

        var text = api == JudgeApi.Chat ? (choice["message"] as JObject)?["content"] : choice["text"];
        return text is JValue { Value: string said }
            ? new JudgeAnswer(said, choice["logprobs"] is JObject told ? api == JudgeApi.Chat ? ChatTokens(told) : CompletionTokens(told) : [])
            : null;
    }

    private static ImmutableArray<JudgeToken> ChatTokens(JObject told) =>
        [.. Objects(told["content"]).Select(token => new JudgeToken(
            Text(token["token"]), Number(token["logprob"]), [.. Objects(token["top_logprobs"]).Select(other => new JudgeAlternative(Text(other["token"]), Number(other["logprob"])))]))];

    private static ImmutableArray<JudgeToken> CompletionTokens(JObject told)
    {
        var (tokens, own, top) = (told["tokens"] as JArray ?? [], told["token_logprobs"] as JArray ?? [], told["top_logprobs"] as JArray ?? []);
        return [.. tokens.Select((token, i) => new JudgeToken(
            Text(token),
            Number(own.ElementAtOrDefault(i)),
            [.. (top.ElementAtOrDefault(i) as JObject)?.Properties().Select(other => new JudgeAlternative(other.Name, Number(other.Value))) ?? []]))];
    }

    private static IEnumerable<JObject> Objects(JToken? list) => (list as JArray)?.OfType<JObject>() ?? [];

    private static string Text(JToken? token) => token is JValue { Value: string text } ? text : "";

    // A log-probability that is not told is not 0, which would be certainty.
    private static double Number(JToken? token) => token is JValue { Type: JTokenType.Float or JTokenType.Integer } ? (double)token : double.NaN;
}
