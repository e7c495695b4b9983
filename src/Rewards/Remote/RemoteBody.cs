using System.Collections.Immutable;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Remote;

/// <summary>Writes items as the body of each protocol.</summary>
internal static class RemoteBody
{
    /// <summary>The body of one call.</summary>
    public static JObject Write(IReadOnlyList<RemoteItem> items, RemoteRewardOptions options) =>
        options.IsCompute ? Compute(items) : GetReward(items, options);

    private static JObject GetReward(IReadOnlyList<RemoteItem> items, RemoteRewardOptions options)
    {
        var body = new JObject
        {
            [options.EffectiveQueryKey] = List(items, item => item.Sequence ?? item.Response ?? ""),
            ["prompts"] = List(items, item => item.Prompt),
        };
        if (options.Protocol == RemoteProtocol.LightRft)
        {
            if (items.Any(item => item.Reference is not null))
            {
                body["references"] = List(items, item => item.Reference);
            }

            if (items.Any(item => item.ConditionImages.Length > 0))
            {
                body["images"] = List(
                    items, item => item.ConditionImages.Length > 0 ? Files(item.ConditionImages) : null);
            }
        }

        return body;
    }

    private static JObject Compute(IReadOnlyList<RemoteItem> items)
    {
        var body = new JObject
        {
            ["prompt"] = List(items, item => item.Prompt),
            ["image"] = ForAll(items, item => item.Image.Length > 0, item => File(item.Image)),
            ["video"] = ForAll(items, item => item.Video.Length > 0, item => Files(item.Video)),
            ["condition_images"] = ForAll(
                items, item => item.ConditionImages.Length > 0, item => Files(item.ConditionImages)),
            ["condition_videos"] = ForAll(
                items, item => item.ConditionVideos.Length > 0, item => new JArray(item.ConditionVideos.Select(Files))),
        };
        var extra = new JObject();
        if (items.Any(item => item.Response is not null))
        {
            extra["response"] = List(items, item => item.Response);
        }

        if (items.Any(item => item.Reference is not null))
        {
            extra["reference"] = List(items, item => item.Reference);
        }

        if (extra.Count > 0)
        {
            body["extra"] = extra;
        }

        return body;
    }

    private static JArray List(IReadOnlyList<RemoteItem> items, Func<RemoteItem, JToken?> field) =>
        new(items.Select(item => field(item) ?? JValue.CreateNull()));

    // A field that an item lacks is left out for all: lists that do not line up with the prompts would be misread.
    private static JToken ForAll(
        IReadOnlyList<RemoteItem> items, Func<RemoteItem, bool> has, Func<RemoteItem, JToken?> field) =>
        items.Count > 0 && items.All(has) ? List(items, field) : JValue.CreateNull();

    private static JValue File(ReadOnlyMemory<byte> file) => new(Convert.ToBase64String(file.Span));

    private static JArray Files(ImmutableArray<ReadOnlyMemory<byte>> files) => new(files.Select(File));
}
