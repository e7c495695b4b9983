using R1Reward.Policy.Optimization;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    [FixtureFact]
    public void Rates_agree_with_the_reference_schedules()
    {
        var json = LanguageModelCase.Open("schedules").Json;
        var compared = 0;
        foreach (var one in json["cases"]!)
        {
            var rate = (double)one["base_lr"]!;
            if (ScheduleCase.Read(one, rate, one["arguments"]!) is not { } schedule)
            {
                continue;
            }

            var total = (int)one["total_steps"]!;
            var expected = one["lr_of_step"]!.ToObject<double[]>()!;
            for (var step = 0; step < total; step++)
            {
                Assert.Equal(expected[step], schedule.At(step), 1e-9 * rate);
            }

            compared++;
        }

        Assert.True(compared > 0, "no schedule of the case was compared");
    }

    [Fact]
    public void A_run_longer_than_planned_keeps_the_last_rate()
    {
        var schedule = new LearningRateSchedule { BaseRate = 1, Shape = ScheduleShape.Cosine, TotalSteps = 10, FloorRatio = 0.1 };
        Assert.Equal(0.1, schedule.At(10), 1e-12);
        Assert.Equal(0.1, schedule.At(15), 1e-12);
    }
}
