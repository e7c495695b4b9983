using System.Text.RegularExpressions;

namespace R1Reward.Data.Judging;

/// <summary>
/// The tags that judgments are written in. Whatever reads judgments (parser, rewards, judges) reads the published ones:
/// replies in others are translated where they come in, judgments to imitate where they go out.
/// </summary>
/// <param name="Analysis">Name of the tag around the analysis, without brackets.</param>
/// <param name="Answer">Name of the tag around the answer.</param>
public sealed partial record JudgmentTags(string Analysis, string Answer)
{
    private readonly Regex _tags = new(
        $"<(/?)({Regex.Escape(Analysis)}|{Regex.Escape(Answer)}|think|answer)>",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>The tags <c>think</c> and <c>answer</c>, which the published models write.</summary>
    public static JudgmentTags Published { get; } = new("think", "answer");

    /// <summary>The form of a judgment, for people.</summary>
    public string Form => $"<{Analysis}>...</{Analysis}><{Answer}>...</{Answer}>";

    /// <summary>
    /// The tags that the passages of a prompt show: names that are opened and closed within one passage, the analysis
    /// first. The published ones where a prompt shows none, for such a model is taught its form, or the published tag
    /// of the answer alone.
    /// </summary>
    /// <exception cref="UserErrorException">They are one, or more than two.</exception>
    public static JudgmentTags ShownBy(IEnumerable<string> passages)
    {
        var names = passages
            .SelectMany(passage => Opening().Matches(passage)
                .Select(match => match.Groups[1].Value)
                .Where(name => passage.Contains($"</{name}>", StringComparison.Ordinal)))
            .Distinct()
            .ToList();
        return names.Count switch
        {
            0 => Published,
            1 when names[0] == Published.Answer => Published,
            2 => new JudgmentTags(names[0], names[1]),
            _ => throw new UserErrorException(
                $"shows the tags {string.Join(", ", names.Select(name => $"<{name}>"))}; a judgment is read from two, "
                + "around its analysis and around its answer: show both, and no others but around a placeholder"),
        };
    }

    /// <summary>A reply with its tags replaced by the published ones; published ones that are not its own count as
    /// text.</summary>
    public string ToPublished(string reply) => this == Published ? reply : _tags.Replace(reply, match =>
    {
        var name = match.Groups[2].Value;
        var published = IsSame(name, Analysis) ? Published.Analysis : IsSame(name, Answer) ? Published.Answer : null;
        if (published is null)
        {
            return match.Value.Replace("<", "< ", StringComparison.Ordinal);
        }

        // Written in another case it is no tag of the strict reading, as with the published ones.
        var isExact = name == Analysis || name == Answer;
        return $"<{match.Groups[1].Value}{(isExact ? published : published.ToUpperInvariant())}>";
    });

    /// <summary>A judgment in the published tags, written in these.</summary>
    public string FromPublished(string judgment) => this == Published ? judgment : Published._tags.Replace(
        judgment,
        match => $"<{match.Groups[1].Value}{(IsSame(match.Groups[2].Value, Published.Analysis) ? Analysis : Answer)}>");

    /// <inheritdoc/>
    public bool Equals(JudgmentTags? other) =>
        other is not null && (Analysis, Answer) == (other.Analysis, other.Answer);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Analysis, Answer);

    private static bool IsSame(string name, string tag) => name.Equals(tag, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("<([A-Za-z][A-Za-z0-9_-]*)>")]
    private static partial Regex Opening();
}
