using R1Reward.Policy.Optimization;

namespace R1Reward.Policy.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void A_run_longer_than_planned_keeps_the_last_rate()
    {
        var schedule =
            new LearningRateSchedule { BaseRate = 1, Shape = ScheduleShape.Cosine, TotalSteps = 10, FloorRatio = 0.1 };
        Assert.Equal(0.1, schedule.At(10), 1e-12);
        Assert.Equal(0.1, schedule.At(15), 1e-12);
    }
}
