using R1Reward.Data.Judging;

namespace R1Reward.Rewards.Format;

/// <summary>
/// F of the R1 composition: 1 for <c>&lt;think&gt;...&lt;/think&gt;&lt;answer&gt;...&lt;/answer&gt;</c> and nothing else, 0 otherwise
/// (strict form; the rule itself is <see cref="JudgmentParser.IsWellFormed"/>).
/// </summary>
public static class FormatReward
{
    /// <summary>1.0 where the reply was well formed, else 0.0.</summary>
    public static double Score(Judgment judgment) => judgment.WellFormed ? 1.0 : 0.0;

    /// <summary>1.0 where the reply is well formed, else 0.0.</summary>
    public static double Score(string reply) => JudgmentParser.IsWellFormed(reply) ? 1.0 : 0.0;
}
