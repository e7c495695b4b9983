namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class ScheduleTests
{
    /// <summary>Up to the last step of the run; past it the reference rises again and ours stays.</summary>
    [ReferenceTheory("language-models", "schedules*")]
    public void Rates_agree_at_every_step_of_the_run(string name)
    {
        var json = new LanguageModelCase(name).Json;
        foreach (var one in json["cases"]!)
        {
            var rate = (double)one["base_lr"]!;
            var schedule = ScheduleCase.Read(one, rate, one["arguments"]!);
            var expected = one["lr_of_step"]!.ToObject<double[]>()!;
            for (var step = 0; step < (int)one["total_steps"]!; step++)
            {
                Assert.Equal(expected[step], schedule.At(step), (double)json["tolerance_relative"]! * rate);
            }
        }
    }
}
