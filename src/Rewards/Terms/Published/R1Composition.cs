using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Terms.Published;

/// <summary>
/// The total reward <c>R * (1 + 0.5 * G) + 0.5 * F</c>. The bonus multiplies the result, so that a consistent
/// analysis never pays without a correct choice. Differences from the paper: none in the default form; the reference
/// form also punishes inconsistency. Undecided and not asked are 0 in both.
/// </summary>
/// <example>
/// Correct, well formed, consistent: 2.0. Inconsistent: 1.5 in the paper form, 1.0 in the reference form. Wrong: 0.5.
/// </example>
public static class R1Composition
{
    /// <summary>G: what the verdict is worth in a form.</summary>
    public static double Consistency(R1Form form, ConsistencyVerdict verdict) => (form, verdict) switch
    {
        (_, ConsistencyVerdict.Consistent) => 1.0,
        (R1Form.Reference, ConsistencyVerdict.Inconsistent) => -1.0,
        _ => 0.0,
    };

    /// <summary>The total of a result R, a format F and a verdict.</summary>
    public static double Total(R1CompositionOptions options, double result, double format, ConsistencyVerdict verdict)
    {
        var bonus = 1.0 + (options.ConsistencyWeight * Consistency(options.Form, verdict));
        return (result * bonus) + (options.FormatWeight * format);
    }

    /// <summary>The total of a reply against the human preference.</summary>
    public static double Total(
        R1CompositionOptions options, Judgment judgment, PreferenceLabel label, ConsistencyVerdict verdict) =>
        Total(options, ResultReward.Score(judgment, label), FormatReward.Score(judgment), verdict);
}
