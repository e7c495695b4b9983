namespace R1Reward.Policy.Advantages;

/// <summary>
/// The Advantage Filter of StableReinforce (R1-Reward, section 3.2): advantages are standardised over all counted
/// tokens of a rollout step and the outliers set to 0. A zeroed token still counts in the loss denominator. Differences
/// from the paper: none in <see cref="AdvantageFilterRule.Paper"/>; the reference rule centres its window of 3 on the
/// raw mean although the standardised values centre on 0, which with a late-training mean near 1.8 drops every negative
/// advantage.
/// </summary>
/// <example>
/// 255 ones and one zero: the zero is at z = -15.97 and dropped by every rule but <c>none</c>.
/// </example>
public static class AdvantageFilter
{
    private const double Window = 3.0;
    private const double ReferenceLimit = 10.0;
    private const double ReferenceShift = 1e-8;

    /// <summary>Standardises one row and sets dropped values to 0.</summary>
    /// <param name="rule">Which values are kept.</param>
    /// <param name="row">Advantages of one trace, one per token.</param>
    /// <param name="moments">The moments of the whole batch.</param>
    /// <param name="dropped">How many values of the row were set to 0.</param>
    public static double[] Apply(
        AdvantageFilterRule rule, ReadOnlySpan<double> row, AdvantageMoments moments, out int dropped)
    {
        dropped = 0;
        var kept = new double[row.Length];
        for (var t = 0; t < row.Length; t++)
        {
            var z = (row[t] - moments.Mean) * moments.ReciprocalDeviation;
            if (Keeps(rule, z, moments.Mean))
            {
                kept[t] = rule == AdvantageFilterRule.Reference ? z + ReferenceShift : z;
            }
            else
            {
                dropped++;
            }
        }

        return kept;
    }

    private static bool Keeps(AdvantageFilterRule rule, double z, double mean) => rule switch
    {
        AdvantageFilterRule.Paper => Math.Abs(z) <= Window,
        AdvantageFilterRule.Reference => z >= mean - Window && z <= mean + Window && Math.Abs(z) <= ReferenceLimit,
        AdvantageFilterRule.None => true,
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };
}
