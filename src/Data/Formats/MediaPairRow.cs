using Newtonsoft.Json.Linq;
using R1Reward.Data.Judging;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// LightRFT's generic lines: a request, two pictures, videos or sounds made for it (<c>image_0</c>,
/// <c>image_1</c>), and a label A, B or C by the name of each head, or a judgment (<c>response</c>) that names the
/// better one.
/// </summary>
internal static class MediaPairRow
{
    private const string Source = "media-pairs";
    private const string Response = "response";

    private static readonly MediaKind[] _kinds = Enum.GetValues<MediaKind>();

    public static bool Matches(JObject row) =>
        row.ContainsKey("prompt") && _kinds.Any(kind => row.ContainsKey(Field(kind, 0)));

    public static PreferencePair Read(DataRow row)
    {
        var prompt = row.Text("prompt");
        var (first, second) = (Candidate(row, 0), Candidate(row, 1));
        var labels = Labels(row);
        var (judgment, replied) = CandidateAnswer.Read(row.OptionalText(Response));
        if (row.Holds(Response) && replied is null)
        {
            throw new RowException(
                "field \"response\" names no better one; end it with <answer>Image 1 is better</answer>");
        }

        var label = labels.Remove(PreferencePair.PreferenceHead, out var said) ? said : replied;
        var hash = ContentHash.Compute(prompt, first[0].Path, second[0].Path);
        return new PreferencePair
        {
            Id = new PairId($"{Source}-{row.Index:D6}-{hash}"),
            Question = prompt,
            Response1 = "",
            Response2 = "",
            Media = row.Media(),
            Media1 = first,
            Media2 = second,
            Label = label,
            AspectLabels = labels.Count > 0 ? labels : null,
            Source = row.OptionalText("source") ?? Source,
            Group = "prompt-" + ContentHash.Compute(prompt),
            OriginalId = row.OptionalName("id"),
            Judgment = judgment,
        };
    }

    private static MediaItem[] Candidate(DataRow row, int number)
    {
        MediaItem[] found =
        [
            .. _kinds.SelectMany(kind =>
                MediaToken.Read(row[Field(kind, number)], kind, $"field \"{Field(kind, number)}\"")),
        ];
        return found.Length == 1
            ? found
            : throw new RowException(
                $"field \"image_{number}\" (or video_{number}, audio_{number}) names {found.Length} media; give one");
    }

    // Whatever else is A, B or C is the label of a head.
    private static Dictionary<string, PreferenceLabel> Labels(DataRow row)
    {
        var labels = new Dictionary<string, PreferenceLabel>();
        foreach (var name in row.Names.Where(name => row.Holds(name) && IsLabel(name, row)).ToList())
        {
            labels[name] = (string?)row[name] switch
            {
                "A" => PreferenceLabel.First,
                "B" => PreferenceLabel.Second,
                "C" => PreferenceLabel.Tie,
                var other => throw new RowException($"field \"{name}\" is \"{other}\"; give A, B or C"),
            };
        }

        return labels;
    }

    private static bool IsLabel(string name, DataRow row) =>
        name == PreferencePair.PreferenceHead || row.Peek(name) is JValue { Value: "A" or "B" or "C" };

    private static string Field(MediaKind kind, int number) => $"{kind.ToString().ToLowerInvariant()}_{number}";
}
