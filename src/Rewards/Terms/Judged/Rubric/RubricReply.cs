using System.Text.RegularExpressions;
using R1Reward.Data.Text;

namespace R1Reward.Rewards.Terms.Judged.Rubric;

/// <summary>
/// Reads the scores out of a rubric reply: what stands before the summary, a numbered section per aspect (the last of
/// equal number wins) or, where none is numbered, the titles with a colon in their order.
/// </summary>
/// <remarks>
/// The strict reading, the default of the term, takes a score only from a line that begins with it, and none from a
/// section whose score lines differ: a justification that quotes "Score: 4" from a trace is no verdict. The published
/// reading takes the first score anywhere on a line.
/// </remarks>
public static partial class RubricReply
{
    private const string Summary = "# Summary:";

    /// <summary>The scores by key; every section of the rubric is there.</summary>
    public static IReadOnlyDictionary<string, RubricScore> Read(
        IReadOnlyList<RubricSection> rubric, string reply, bool strict = true)
    {
        var end = reply.IndexOf(Summary, StringComparison.Ordinal);
        var body = end < 0 ? reply : reply[..end];
        var sections = Numbered(rubric, body);
        if (sections.Count == 0)
        {
            sections = Titled(rubric, body);
        }

        return rubric.ToDictionary(
            section => section.Key,
            section => sections.TryGetValue(section.Key, out var lines) ? Score(lines, strict) : default);
    }

    private static Dictionary<string, List<string>> Numbered(IReadOnlyList<RubricSection> rubric, string body)
    {
        var sections = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? open = null;
        foreach (var line in body.Split('\n').Select(PythonText.Strip))
        {
            if (rubric.FirstOrDefault(section => IsHeading(section, line)) is { } heading)
            {
                open = [];
                sections[heading.Key] = open;
            }

            open?.Add(line);
        }

        return sections;
    }

    private static bool IsHeading(RubricSection section, string line) =>
        line.StartsWith($"{section.Number}.", StringComparison.Ordinal)
        && line.Contains(section.Title, StringComparison.Ordinal);

    private static Dictionary<string, List<string>> Titled(IReadOnlyList<RubricSection> rubric, string body)
    {
        var found = rubric
            .Select(section => (
                section.Key,
                section.Title,
                At: body.IndexOf(section.Title + ":", StringComparison.Ordinal)))
            .Where(section => section.At >= 0)
            .OrderBy(section => section.At)
            .ToList();
        var sections = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var i = 0; i < found.Count; i++)
        {
            var from = found[i].At + found[i].Title.Length + ":".Length;
            var to = i + 1 < found.Count ? found[i + 1].At : body.Length;
            sections[found[i].Key] = [.. body[from..to].Split('\n').Select(PythonText.Strip)];
        }

        return sections;
    }

    private static RubricScore Score(List<string> lines, bool strict)
    {
        var pattern = strict ? AtStart() : Anywhere();
        var scores = lines
            .Select(line => pattern.Match(line))
            .Where(match => match.Success)
            .Select(match => ValueOf(match.Groups[1].Value))
            .Where(score => score != default)
            .ToList();
        var contradicts = strict && scores.Distinct().Count() > 1;
        return scores.Count == 0 || contradicts ? default : scores[0];
    }

    private static RubricScore ValueOf(string text)
    {
        var written = PythonText.Strip(text);
        if (written == "N/A")
        {
            return new RubricScore(null, NotApplicable: true);
        }

        // Digits of every script count, as in the published pattern.
        var number = Number().Match(written).Value;
        return number.Length > 0 && PythonText.ToFloat(number) is { } value
            ? new RubricScore(value, NotApplicable: false)
            : default;
    }

    [GeneratedRegex(@"(?:##)?\s*Score\s*:\s*(.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Anywhere();

    [GeneratedRegex(@"\A#*\s*Score\s*:\s*(.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AtStart();

    [GeneratedRegex(@"\A\d+(?:\.\d+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
