namespace R1Reward.Policy.Optimization;

/// <summary>
/// The learning rate of each step, as the schedules of transformers give it: with w warm-up steps of n in all, step s
/// (from 0) has base * s / w while s &lt; w, so the first step of a warm-up has rate 0.
/// </summary>
public sealed record LearningRateSchedule
{
    /// <summary>The rate at the end of the warm-up.</summary>
    public required double BaseRate { get; init; }

    /// <summary>Shape of the rate after the warm-up; constant by default.</summary>
    public ScheduleShape Shape { get; init; } = ScheduleShape.Constant;

    /// <summary>Steps of linear growth from 0; 0 by default.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>
    /// Number of steps of the run; ignored by the constant shape. Steps past it keep the last rate, where transformers'
    /// cosine would rise again.
    /// </summary>
    public int TotalSteps { get; init; } = int.MaxValue;

    /// <summary>Where the cosine ends, as a share of the base rate; 0 by default, 0.1 in the published runs.</summary>
    public double FloorRatio { get; init; }

    /// <summary>Turns of the cosine between warm-up and end; half a one by default, which only falls.</summary>
    public double Cycles { get; init; } = 0.5;

    /// <summary>
    /// The first step has a rate already, base / w, and what follows the warm-up is a step ahead as well
    /// (<c>cosine_warmup_with_min_lr</c>); off by default.
    /// </summary>
    public bool CountsFirstStep { get; init; }

    /// <summary>
    /// Share of the base rate of the first step, from which the warm-up then grows in w - 1 steps; only with
    /// <see cref="CountsFirstStep"/>.
    /// </summary>
    public double? WarmupStart { get; init; }

    /// <summary>The learning rate of step <paramref name="step"/>, counted from 0.</summary>
    public double At(long step)
    {
        if (step < WarmupSteps)
        {
            return BaseRate * Warmup(step);
        }

        var done = step - WarmupSteps + (CountsFirstStep ? 1 : 0);
        var progress = Math.Min(1, done / (double)Math.Max(1, TotalSteps - WarmupSteps));
        return Shape switch
        {
            ScheduleShape.Linear => BaseRate * (1 - progress),
            ScheduleShape.Cosine => BaseRate * Cosine(progress),
            _ => BaseRate,
        };
    }

    private double Cosine(double progress) =>
        (0.5 * (1 + Math.Cos(2 * Math.PI * Cycles * progress)) * (1 - FloorRatio)) + FloorRatio;

    private double Warmup(long step) => (CountsFirstStep, WarmupStart) switch
    {
        (true, { } start) => start + ((1 - start) * step / Math.Max(1, WarmupSteps - 1)),
        (true, null) => (step + 1) / (double)WarmupSteps,
        _ => step / (double)WarmupSteps,
    };
}
