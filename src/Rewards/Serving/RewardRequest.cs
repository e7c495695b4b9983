using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Http;
using R1Reward.Rewards.Remote;

namespace R1Reward.Rewards.Serving;

/// <summary>Reads the bodies of reward requests.</summary>
internal static class RewardRequest
{
    /// <summary>The items of <c>/get_reward*</c>, as many as the shorter of sequences and prompts.</summary>
    /// <exception cref="RefusedException">A field is missing or of another kind.</exception>
    public static IReadOnlyList<RemoteItem> Sequences(JObject body)
    {
        var sequences = List(body, body.ContainsKey("query") ? "query" : "queries") ?? throw new RefusedException(
            400, "the body needs query (or queries), a list of prompts with their responses as decoded");
        var prompts = List(body, "prompts") ?? throw new RefusedException(
            400, "the body needs prompts, a list of the messages of the data file");
        var count = Math.Min(sequences.Count, prompts.Count);
        var references = Aligned(body, "references", count);
        var images = Aligned(body, "images", count);
        return [.. Enumerable.Range(0, count).Select(i => new RemoteItem
        {
            Prompt = Text(prompts[i], $"prompts[{i}]"),
            Sequence = Text(sequences[i], $"query[{i}]"),
            Reference = OptionalText(references?[i], $"references[{i}]"),
            ConditionImages = Files(images?[i], $"images[{i}]"),
        })];
    }

    /// <summary>The items of <c>/compute</c>.</summary>
    /// <exception cref="RefusedException">
    /// A field is missing, of another kind or of another length than <c>prompt</c>.
    /// </exception>
    public static IReadOnlyList<RemoteItem> Pictures(JObject body)
    {
        var prompts = List(body, "prompt") ?? throw new RefusedException(400, "the body needs prompt, a list of texts");
        var image = Aligned(body, "image", prompts.Count);
        var video = Aligned(body, "video", prompts.Count);
        var images = Aligned(body, "condition_images", prompts.Count);
        var videos = Aligned(body, "condition_videos", prompts.Count);
        var extra = body["extra"] switch
        {
            null or { Type: JTokenType.Null } => [],
            JObject map => map,
            _ => throw new RefusedException(400, "extra must be an object"),
        };
        var responses = Aligned(extra, "response", prompts.Count);
        var references = Aligned(extra, "reference", prompts.Count);
        return [.. prompts.Select((prompt, i) => new RemoteItem
        {
            Prompt = Text(prompt, $"prompt[{i}]"),
            Image = image?[i] is { Type: not JTokenType.Null } one ? File(one, $"image[{i}]") : default,
            Video = Files(video?[i], $"video[{i}]"),
            ConditionImages = Files(images?[i], $"condition_images[{i}]"),
            ConditionVideos = Each(videos?[i], $"condition_videos[{i}]", Files),
            Response = OptionalText(responses?[i], $"extra.response[{i}]"),
            Reference = OptionalText(references?[i], $"extra.reference[{i}]"),
        })];
    }

    private static JArray? List(JObject body, string field) => body[field] switch
    {
        null or { Type: JTokenType.Null } => null,
        JArray list => list,
        _ => throw new RefusedException(400, $"{field} must be a list"),
    };

    private static JArray? Aligned(JObject body, string field, int count) => List(body, field) is not { } list ? null
        : list.Count >= count ? list
        : throw new RefusedException(400, $"{field} has {list.Count} entries for {count} items");

    private static string Text(JToken token, string place) =>
        OptionalText(token, place) ?? throw new RefusedException(400, $"{place} is null; a text is needed");

    private static string? OptionalText(JToken? token, string place) => token switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: string text } => text,
        // Accepted answers may come as a list, as the data file has them; one decides.
        JArray { Count: 1 } list => OptionalText(list[0], place),
        _ => throw new RefusedException(400, $"{place} is no text"),
    };

    private static ImmutableArray<ReadOnlyMemory<byte>> Files(JToken? list, string place) => Each(list, place, File);

    private static ImmutableArray<T> Each<T>(JToken? list, string place, Func<JToken, string, T> read) => list switch
    {
        null or { Type: JTokenType.Null } => [],
        JArray files => [.. files.Select((file, i) => read(file, $"{place}[{i}]"))],
        _ => throw new RefusedException(400, $"{place} must be a list"),
    };

    private static ReadOnlyMemory<byte> File(JToken token, string place)
    {
        if (token is not JValue { Value: string text })
        {
            throw new RefusedException(400, $"{place} is no text; a PNG in base64 is needed");
        }

        var bytes = new byte[text.Length * 3 / 4];
        return Convert.TryFromBase64String(text, bytes, out var length) && IsPicture(bytes.AsSpan(0, length))
            ? bytes.AsMemory(0, length)
            : throw new RefusedException(400, $"{place} is no PNG or JPEG in base64 (without a data-URL prefix)");
    }

    private static bool IsPicture(ReadOnlySpan<byte> bytes) =>
        bytes is [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, ..] or [0xFF, 0xD8, 0xFF, ..];
}
