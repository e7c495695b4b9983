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
    public static ConsistencyQuestion FromReply(string reply)
    {
        var answer = reply.IndexOf("<answer>", StringComparison.Ordinal);
        var analysis = PythonText.Strip(answer < 0 ? reply : reply[..answer]).Split('\n');
        return new ConsistencyQuestion(string.Join(';', analysis.TakeLast(TailLines)), Claim(reply));
    }

    private static string Claim(string reply)
    {
        if (JudgmentParser.TaggedAnswer(reply) is not { } answer)
        {
            return PythonText.Strip(reply);
        }

        return PythonText.ToInt(answer) switch
        {
            1 => "response 1 is better",
            2 => "response 2 is better",
            null => answer,
            _ => "two response are the same",
        };
    }
}
