using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Training;

namespace R1Reward.Policy.Tests.Training;

public sealed class RatioStatisticsTests
{
    // Clip range 0.8 to 1.4. TRL takes c = min(ratio, delta) and counts c > 1.4 at positive, c < 0.8 at negative
    // advantages:
    //   ratio 1.5, A = 1    without delta 1.5 > 1.4, counted; delta 1.45: 1.45 > 1.4, counted; delta 1.25: 1.25, not
    // counted
    //   ratio 1.3, A = 1    never counted
    //   ratio 0.5, A = -1   0.5 < 0.8, counted whatever delta is
    //   ratio 1.5, A = -1   never counted
    [Theory]
    [InlineData(double.PositiveInfinity, 0.5)]
    [InlineData(1.45, 0.5)]
    [InlineData(1.25, 0.25)]
    public void The_clip_share_is_taken_from_ratios_after_the_cap_of_two_sided_grpo(double cap, double expected)
    {
        var statistics = new RatioStatistics(new GrpoLoss(ClipLow: 0.2, ClipHigh: 0.4, RatioCap: cap));
        float[] logProbs = [MathF.Log(1.5f), MathF.Log(1.3f), MathF.Log(0.5f), MathF.Log(1.5f)];
        statistics.Add(logProbs, new float[4], [1, 1, -1, -1]);
        Assert.Equal(expected, statistics.ClipShare, 1e-12);
    }
}
