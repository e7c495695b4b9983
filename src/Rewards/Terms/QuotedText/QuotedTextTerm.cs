namespace R1Reward.Rewards.Terms.QuotedText;

/// <summary>
/// How much of the text that a question asks for in double quotes the reply holds (Flow-Factory's rule for text in
/// pictures, with the reply in the place of the recognised text): 1 where it is contained, else 1 minus the edit distance
/// over the length asked for, at least 0. Case and blanks do not count. The quotes are the first pair; an open one
/// reaches to the end, and without any the whole question is asked for. Differences from the published rule: an empty
/// target has no value there instead of a division by zero.
/// </summary>
public sealed class QuotedTextTerm : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.Question;

    /// <summary>The term of an entry, which has no options.</summary>
    public static QuotedTextTerm Create(OptionReader options)
    {
        _ = options;
        return new QuotedTextTerm();
    }

    /// <summary>The score of a text against what a question asks for; null where it asks for nothing.</summary>
    public static double? Score(string question, string text)
    {
        var (target, found) = (Plain(Target(question)), Plain(text));
        return target.Length == 0 ? null
            : found.Contains(target, StringComparison.Ordinal) ? 1.0
            : 1.0 - (Math.Min(EditDistance(found, target), target.Length) / (double)target.Length);
    }

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Score(input.Pair.Question, input.Reply) is { } score ? new RewardScore(score) : RewardScore.Unknown("the question quotes no text"));

    private static string Target(string question) => question.Split('"') is { Length: > 1 } parts ? parts[1] : question;

    private static string Plain(string text) => text.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    private static int EditDistance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
