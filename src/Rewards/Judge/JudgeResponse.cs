using System.Collections.Immutable;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Judge;

/// <summary>Reads the bodies of OpenAI replies.</summary>
internal static class JudgeResponse
{
    private const int MaxQuoted = 200;

    /// <summary>The first choice; null where the body holds none and is no completion.</summary>
    public static JObject? FirstChoice(JObject body) => (body["choices"] as JArray)?.FirstOrDefault() as JObject;

    /// <summary>The tokens of prompt and reply; null where the server does not say.</summary>
    public static int? Spent(JObject body) =>
        (body["usage"] as JObject)?["total_tokens"] is JValue { Value: long and >= 0 and <= int.MaxValue } spent
            ? (int)spent
            : null;

    /// <summary>What a choice says; null where it holds no text.</summary>
    /// <remarks>
    /// Some servers put a reply that began without thinking into the field of the reasoning, and leave the content
    /// empty.
    /// </remarks>
    public static JudgeAnswer? Read(JObject choice, JudgeApi api)
    {
        var content = api == JudgeApi.Chat ? Content(choice["message"] as JObject) : choice["text"];
        var finish = Text(choice["finish_reason"]);
        var text = content is JValue { Value: string said } ? said : null;
        if (string.IsNullOrWhiteSpace(text) && finish == "stop" && Reasoning(choice) is { Length: > 0 } reasoning)
        {
            text = reasoning;
        }

        return text is null || (text.Length == 0 && finish == "length")
            ? null
            : new JudgeAnswer(text, Tokens(choice, api), finish == "length");
    }

    /// <summary>Why a choice holds no text, in the server's words where it gives some.</summary>
    public static string WhyNoText(JObject choice, JObject request)
    {
        var message = choice["message"] as JObject;
        var finish = Text(choice["finish_reason"]);
        var limit = request["max_tokens"] ?? request["max_completion_tokens"];
        var reason = finish switch
        {
            "" => "it gives no finish_reason",
            "length" => $"finish_reason length, all {limit} tokens of judge.max-tokens are spent",
            _ => $"finish_reason {finish}",
        };
        var refusal = Text(message?["refusal"]);
        if (refusal.Length > 0)
        {
            return $"{reason}, the model refuses: {refusal}";
        }

        var reasoning = Reasoning(choice);
        return reasoning.Length == 0
            ? reason
            : $"{reason}, its reasoning ends: {reasoning[^Math.Min(MaxQuoted, reasoning.Length)..]}";
    }

    // Some servers send the content in parts, of which those of type text are the reply.
    private static JToken? Content(JObject? message)
    {
        if (message?["content"] is not JArray parts)
        {
            return message?["content"];
        }

        var texts = Objects(parts).Where(part => Text(part["type"]) == "text").Select(part => Text(part["text"]));
        return new JValue(string.Concat(texts));
    }

    private static string Reasoning(JObject choice)
    {
        var message = choice["message"] as JObject;
        var content = Text(message?["reasoning_content"]);
        return content.Length > 0 ? content : Text(message?["reasoning"]);
    }

    private static ImmutableArray<JudgeToken> Tokens(JObject choice, JudgeApi api)
    {
        if (choice["logprobs"] is not JObject logProbs)
        {
            return [];
        }

        return api == JudgeApi.Chat ? ChatTokens(logProbs) : CompletionTokens(logProbs);
    }

    private static ImmutableArray<JudgeToken> ChatTokens(JObject logProbs) =>
        [.. Objects(logProbs["content"]).Select(token => new JudgeToken(
            Text(token["token"]),
            Number(token["logprob"]),
            [.. Objects(token["top_logprobs"]).Select(Alternative)]))];

    private static JudgeAlternative Alternative(JObject token) => new(Text(token["token"]), Number(token["logprob"]));

    private static ImmutableArray<JudgeToken> CompletionTokens(JObject logProbs)
    {
        var tokens = logProbs["tokens"] as JArray ?? [];
        var own = logProbs["token_logprobs"] as JArray ?? [];
        var top = logProbs["top_logprobs"] as JArray ?? [];
        return [.. tokens.Select((token, i) => new JudgeToken(
            Text(token),
            Number(own.ElementAtOrDefault(i)),
            Alternatives(top.ElementAtOrDefault(i))))];
    }

    private static ImmutableArray<JudgeAlternative> Alternatives(JToken? byText) => byText is JObject alternatives
        ? [.. alternatives.Properties().Select(other => new JudgeAlternative(other.Name, Number(other.Value)))]
        : [];

    private static IEnumerable<JObject> Objects(JToken? list) => (list as JArray)?.OfType<JObject>() ?? [];

    private static string Text(JToken? token) => token is JValue { Value: string text } ? text : "";

    // A log-probability that is missing is not 0, which would be certainty.
    private static double Number(JToken? token) =>
        token is JValue { Type: JTokenType.Float or JTokenType.Integer } ? (double)token : double.NaN;
}
