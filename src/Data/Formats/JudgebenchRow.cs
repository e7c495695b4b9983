using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>JudgeBench's rows: a question, two responses of one model, and <c>A&gt;B</c> or <c>B&gt;A</c>.</summary>
internal static class JudgebenchRow
{
    private const string Source = "judgebench";

    private static readonly (string Start, string Category)[] Categories =
    [
        ("mmlu-pro", "knowledge"), ("livebench-reasoning", "reasoning"), ("livebench-math", "math"),
        ("livecodebench", "coding"),
    ];

    public static bool Matches(JObject row) => row.ContainsKey("response_A") && row.ContainsKey("response_B");

    public static PreferencePair Read(DataRow row)
    {
        var question = row.Text("question");
        var first = row.Text("response_A");
        var second = row.Text("response_B");
        var media = row.Media();
        var source = row.OptionalText("source") ?? "";
        return new PreferencePair
        {
            Id = new PairId($"{Source}-{row.Index:D6}-{ContentHash.Compute([question, first, second])}"),
            Question = MediaMarkers.Remove(question, media),
            Response1 = first,
            Response2 = second,
            Media = media,
            Label = row.OptionalText("label") switch
            {
                "A>B" => PreferenceLabel.First,
                "B>A" => PreferenceLabel.Second,
                "A=B" => PreferenceLabel.Tie,
                null => null,
                var other => throw new RowException($"field \"label\" is \"{other}\"; give A>B or B>A"),
            },
            Source = Source,
            Group = "prompt-" + ContentHash.Compute(question),
            Category = CategoryOf(source),
            OriginalId = row.OptionalName("pair_id"),
        };
    }

    /// <summary>The category by the beginning of <c>source</c>; null where there is none.</summary>
    public static string? CategoryOf(string source) => Categories
        .FirstOrDefault(group => source.StartsWith(group.Start, StringComparison.Ordinal)).Category
        ?? (source.Length > 0 ? source : null);
}
