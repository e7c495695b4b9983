using System.Collections.Immutable;
using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Http;
using R1Reward.Rewards.Remote;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// Reads the bodies of reward requests. Null counts as left out, and so does an empty text for an accepted answer or a
/// picture: trainers send it where their data has none.
/// </summary>
internal static class RewardRequest
{
    /// <summary>The items of <c>/get_reward*</c>, as many as the shorter of sequences and prompts.</summary>
    /// <exception cref="RefusedException">A field is missing, not known, or of another kind.</exception>
    public static IReadOnlyList<RemoteItem> Sequences(JObject body)
    {
        RewardFields.Check(body, RewardFields.ForSequences);
        var name = RewardFields.NameIn(body, RewardFields.Sequences);
        var sequences = List(body, name) ?? throw new RefusedException(
            400, "the body needs query (or queries, solution_strs), a list of prompts with their responses as decoded");
        var prompts = List(body, "prompts");
        var count = Math.Min(sequences.Count, prompts?.Count ?? int.MaxValue);
        var answers = RewardFields.NameIn(body, RewardFields.References);
        var references = Aligned(body, answers, count);
        var images = Aligned(body, "images", count);
        if (prompts is null && (references is null || references.Take(count).Any(IsAbsent)))
        {
            throw new RefusedException(
                400,
                "the body needs prompts, a list of the messages of the data file, or an accepted answer for each "
                + "item (references, labels or ground_truths)");
        }

        return [.. Enumerable.Range(0, count).Select(i => new RemoteItem
        {
            Prompt = prompts is null ? "" : Text(prompts[i], $"prompts[{i}]"),
            Sequence = Text(sequences[i], $"{name}[{i}]"),
            Reference = Answer(references?[i], $"{answers}[{i}]"),
            ConditionImages = Files(images?[i], $"images[{i}]"),
        })];
    }

    /// <summary>The items of <c>/compute</c>.</summary>
    /// <exception cref="RefusedException">
    /// A field is missing, not known, of another kind or of another length than <c>prompt</c>.
    /// </exception>
    public static IReadOnlyList<RemoteItem> Pictures(JObject body)
    {
        RewardFields.Check(body, RewardFields.ForCompute);
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
        RewardFields.Check(extra, RewardFields.ForExtra, "extra.");
        var responses = Aligned(extra, "response", prompts.Count);
        var references = Aligned(extra, "reference", prompts.Count);
        return [.. prompts.Select((prompt, i) => new RemoteItem
        {
            Prompt = Text(prompt, $"prompt[{i}]"),
            Image = IsAbsent(image?[i]) ? default : File(image![i], $"image[{i}]"),
            Video = Files(video?[i], $"video[{i}]"),
            ConditionImages = Files(images?[i], $"condition_images[{i}]"),
            ConditionVideos = Each(videos?[i], $"condition_videos[{i}]", Files),
            Response = OptionalText(responses?[i], $"extra.response[{i}]"),
            Reference = Answer(references?[i], $"extra.reference[{i}]"),
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

    private static bool IsAbsent(JToken? token) => token is null or { Type: JTokenType.Null } or JValue { Value: "" };

    private static string Text(JToken token, string place) =>
        OptionalText(token, place) ?? throw new RefusedException(400, $"{place} is null; a text is needed");

    private static string? OptionalText(JToken? token, string place) => token switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: string text } => text,
        _ => throw new RefusedException(400, $"{place} is no text"),
    };

    // Accepted answers may come as a list, as the data file has them, of which one decides, or as a number.
    private static string? Answer(JToken? token, string place) => token switch
    {
        null => null,
        _ when IsAbsent(token) => null,
        JValue { Value: long number } => number.ToString(CultureInfo.InvariantCulture),
        JArray { Count: 1 } list => Answer(list[0], place),
        _ => OptionalText(token, place),
    };

    private static ImmutableArray<ReadOnlyMemory<byte>> Files(JToken? list, string place) => Each(list, place, File);

    private static ImmutableArray<T> Each<T>(JToken? list, string place, Func<JToken, string, T> read) => list switch
    {
        null or { Type: JTokenType.Null } => [],
        JArray files =>
        [
            .. files.Index()
                .Where(file => !IsAbsent(file.Item))
                .Select(file => read(file.Item, $"{place}[{file.Index}]")),
        ],
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
