namespace R1Reward.Policy.Advantages;

/// <summary>The advantages of a whole rollout step, traces in the order given.</summary>
/// <param name="Traces">One per trace.</param>
/// <param name="Stats">Figures of the batch.</param>
public sealed record AdvantageBatch(IReadOnlyList<TraceAdvantage> Traces, AdvantageStats Stats)
{
    /// <summary>
    /// Why the policy cannot learn from the batch, all of whose advantages are 0 then; null where it can.
    /// </summary>
    public NoSignal? SkippedFor { get; init; }
}
