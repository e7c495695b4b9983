using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// VL-RewardBench as its publishers offer it: <c>query</c>, two responses and their ranks, 0 the better.
/// </summary>
internal static class RankedRow
{
    private const string Source = "vl-rewardbench";

    public static bool Matches(JObject row) => row["response"] is JArray && row.ContainsKey("human_ranking");

    public static PreferencePair Read(DataRow row)
    {
        var responses = row.Texts("response");
        if (responses.Length != 2)
        {
            throw new RowException($"\"response\" has {responses.Length} responses; a pair is made of two");
        }

        var query = row.Text("query");
        var media = row.Media();
        var id = row.OptionalName("id");
        var hash = ContentHash.Compute([id ?? "", query, .. responses, .. media.Select(item => item.Path)]);
        return new PreferencePair
        {
            Id = new PairId($"{Source}-{row.Index:D6}-{hash}"),
            Question = MediaMarkers.Remove(query, media),
            Response1 = responses[0],
            Response2 = responses[1],
            Media = media,
            Label = Label(row.OptionalList("human_ranking")),
            Source = Source,
            Group = "prompt-" + ContentHash.Compute(query),
            OriginalId = id,
        };
    }

    private static PreferenceLabel Label(JArray? ranks) =>
        ranks is [JValue { Value: long first }, JValue { Value: long second }]
            ? first < second ? PreferenceLabel.First
                : second < first ? PreferenceLabel.Second
                : PreferenceLabel.Tie
            : throw new RowException("field \"human_ranking\" is no list of two ranks; give [0, 1] or [1, 0]");
}
