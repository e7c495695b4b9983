using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Text;

namespace R1Reward.Rewards.Terms.Result;

/// <summary>
/// R of the R1 composition: 1 where the named response is the preferred one, else 0.
/// Differences from the published verifier: integers are compared and nothing else. No lead-in phrases, fractions,
/// percentages or LaTeX (<c>1.0</c>, <c>100%</c>, <c>Response 1</c> earn nothing), and there is no failure that could
/// pay (decision D3): no accepted answers is a plain 0.
/// </summary>
public static class ResultReward
{
    /// <summary>
    /// 1.0 where the reply names the preferred response, as <c>judging.answer</c> reads it. A tie has no right choice.
    /// </summary>
    public static double Score(Judgment judgment, PreferenceLabel label) => judgment.IsRight(label) ? 1.0 : 0.0;

    /// <summary>
    /// 1.0 where the reply's integer (in its first answer tags, or the whole reply) equals that of an accepted answer,
    /// each in the same form, for example <c>&lt;answer&gt;1&lt;/answer&gt;</c>.
    /// </summary>
    public static double Score(string reply, IReadOnlyList<string> accepted) =>
        Integer(reply) is { } claimed && accepted.Any(answer => Integer(answer) == claimed) ? 1.0 : 0.0;

    private static long? Integer(string text) => PythonText.ToInt(JudgmentParser.TaggedAnswer(text) ?? text);
}
