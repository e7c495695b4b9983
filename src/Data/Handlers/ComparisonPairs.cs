using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Judging;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>Comparisons as pairs whose responses are pictures, videos or sounds.</summary>
internal static class ComparisonPairs
{
    /// <summary>The rows of a set, lazily.</summary>
    internal static IEnumerable<PairFileRow> Read(IDatasetHandler handler, string path)
    {
        var index = 0;
        foreach (var row in handler.Read(path))
        {
            var pairs = row.Comparisons.Select(comparison => From(comparison, index++)).ToList();
            yield return new PairFileRow(row.Place, PairFormat.MediaPairs, pairs, [], row.Problem);
        }
    }

    /// <summary>
    /// The pair of a comparison: the request, and the criteria where it has some, are the question; the picture that
    /// both were made from belongs to it. Labels of single aspects stand by the name of their head (decision D14).
    /// </summary>
    internal static PreferencePair From(Comparison comparison, int index)
    {
        MediaItem[] start = comparison.Start is { } picture ? [picture.Item] : [];
        var question = comparison.Criteria is { Length: > 0 } criteria
            ? $"{comparison.Prompt}\n\nCriteria: {criteria}"
            : comparison.Prompt;
        var (judgment, replied) = CandidateAnswer.Read(comparison.Reply);
        var aspects = comparison.Labels
            .Where(label => label.Key != PreferencePair.PreferenceHead)
            .ToDictionary(label => label.Key, label => label.Value);
        var content = ContentHash.Compute(question, NameOf(comparison.First), NameOf(comparison.Second));
        return new PreferencePair
        {
            Id = new PairId($"{comparison.Source}-{index:D6}-{content}"),
            Question = question,
            Response1 = "",
            Response2 = "",
            Media = start,
            Media1 = [comparison.First.Item],
            Media2 = [comparison.Second.Item],
            Label = comparison.Labels.TryGetValue(PreferencePair.PreferenceHead, out var label) ? label : replied,
            AspectLabels = aspects.Count > 0 ? aspects : null,
            Source = comparison.Source,
            Group = "prompt-" + ContentHash.Compute([comparison.Prompt, .. start.Select(item => item.Path)]),
            OriginalId = (comparison.Meta["id"] as JValue)?.Value?.ToString(),
            Judgment = judgment,
        };
    }

    // An id is the same wherever the set lies.
    private static string NameOf(ComparedMedium medium) =>
        DataUri.Matches(medium.Item.Path) ? medium.Item.Path : Path.GetFileName(medium.Item.Path);
}
