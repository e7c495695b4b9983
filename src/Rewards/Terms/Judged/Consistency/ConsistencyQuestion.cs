using R1Reward.Data.Judging;
using R1Reward.Data.Text;

namespace R1Reward.Rewards.Terms.Judged.Consistency;

/// <summary>What the judge compares.</summary>
/// <param name="AnalysisTail">The last three lines before the answer tag, joined by semicolons.</param>
/// <param name="ClaimedAnswer">The answer in words, or as it stands where it is no integer.</param>
/// <example>
/// The reply <c>&lt;think&gt;a, newline, b&lt;/think&gt;&lt;answer&gt;2&lt;/answer&gt;</c> gives the tail
/// <c>&lt;think&gt;a;b&lt;/think&gt;</c> and the answer <c>response 2 is better</c>. An empty reply gives two empty
/// texts.
/// </example>
public sealed record ConsistencyQuestion(string AnalysisTail, string ClaimedAnswer)
{
    private const int TailLines = 3;

    /// <summary>The question that a sampled reply raises.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="answer">How its answer is read.</param>
    public static ConsistencyQuestion FromReply(string reply, AnswerReading answer = AnswerReading.Strict)
    {
        var analysis = JudgmentParser.BeforeAnswer(reply, answer).Split('\n');
        return new ConsistencyQuestion(string.Join(';', analysis.TakeLast(TailLines)), Claim(reply, answer));
    }

    private static string Claim(string reply, AnswerReading reading)
    {
        if (JudgmentParser.Parse(reply, reading).Choice is { } choice)
        {
            return $"response {(int)choice} is better";
        }

        if (JudgmentParser.TaggedAnswer(reply) is not { } answer)
        {
            return PythonText.Strip(reply);
        }

        return PythonText.ToInt(answer) is null ? answer : "two response are the same";
    }
}
