using R1Reward.Data.Text;

namespace R1Reward.Rewards.Terms.QuotedText;

/// <summary>
/// How much of the text that a question asks for in double quotes the reply holds (Flow-Factory's rule for text in
/// pictures, with the reply in the place of the recognised text): 1 where it is contained, else 1 minus the edit
/// distance over the length asked for, at least 0. Case and blanks do not count. The quotes are the first pair; an open
/// one reaches to the end, and without any the whole question is asked for. It has no options. Differences from the
/// published rule: an empty target has no value here instead of a division by zero.
/// </summary>
public sealed class QuotedTextTerm : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.Question;

    /// <summary>The score of a text against what a question asks for; null where it asks for nothing.</summary>
    public static double? Score(string question, string text)
    {
        var target = Plain(Target(question));
        var found = Plain(text);
        if (target.Length == 0)
        {
            return null;
        }

        if (found.Contains(target, StringComparison.Ordinal))
        {
            return 1.0;
        }

        var edits = Math.Min(EditDistance.Between(found, target), target.Length);
        return 1.0 - (edits / (double)target.Length);
    }

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var score = Score(input.Pair.Question, input.Reply) is { } value
            ? new RewardScore(value)
            : RewardScore.Unknown("the question quotes no text");
        return ValueTask.FromResult(score);
    }

    private static string Target(string question) => question.Split('"') is { Length: > 1 } parts ? parts[1] : question;

    private static string Plain(string text) => text.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
}
