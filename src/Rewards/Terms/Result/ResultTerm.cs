using R1Reward.Data.Pairs;
using R1Reward.Data.Text;

namespace R1Reward.Rewards.Terms.Result;

/// <summary>
/// 1 for the right answer, else 0: the named response, a canonical phrase (ties included), or the reference itself.
/// </summary>
/// <param name="options">What an answer looks like.</param>
public sealed class ResultTerm(ResultOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => options.Answer == AnswerForm.Text ? RewardField.Reference : RewardField.Label;

    /// <summary>1.0 where the last answer tags hold the phrase of the label.</summary>
    public static double Phrase(string reply, PreferenceLabel label, TiePhrases ties = TiePhrases.Any) =>
        AnswerPhrases.LastTag(reply) is { } phrase && AnswerPhrases.Read(phrase, ties) == label ? 1.0 : 0.0;

    /// <summary>
    /// 1.0 where the first answer tags that close on their line hold the reference, or the whole reply is it where
    /// there are none.
    /// </summary>
    public static double Text(string reply, string reference) =>
        PythonText.Strip(OneLineTag(reply) ?? reply) == PythonText.Strip(reference) ? 1.0 : 0.0;

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var score = options.Answer switch
        {
            AnswerForm.Choice => ResultReward.Score(input.Judgment, input.Pair.Label!.Value),
            AnswerForm.Phrase => Phrase(input.Reply, input.Pair.Label!.Value, options.Ties),
            AnswerForm.Text => Text(input.Reply, input.Pair.Reference!),
            _ => throw new InvalidOperationException($"answer form {options.Answer}"),
        };
        return ValueTask.FromResult(new RewardScore(score));
    }

    private static string? OneLineTag(string reply)
    {
        const string open = "<answer>";
        const string close = "</answer>";
        var start = reply.IndexOf(open, StringComparison.Ordinal);
        while (start >= 0)
        {
            var from = start + open.Length;
            var end = reply.IndexOf(close, from, StringComparison.Ordinal);
            if (end >= 0 && !reply.AsSpan(from, end - from).Contains('\n'))
            {
                return reply[from..end];
            }

            start = reply.IndexOf(open, start + 1, StringComparison.Ordinal);
        }

        return null;
    }
}
