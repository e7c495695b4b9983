namespace R1Reward.Policy.Advantages;

/// <summary>What one trace contributes to the update.</summary>
/// <param name="Id">Identity of the trace.</param>
/// <param name="Advantages">
/// One per sampled token; before <see cref="AdvantagePipeline.Normalise"/> the raw ones.
/// </param>
/// <param name="Returns">One per sampled token: the targets of a critic.</param>
/// <param name="Kl">Mean divergence from the reference over the tokens; NaN without one.</param>
/// <param name="Return">The sum of the token rewards.</param>
public sealed record TraceAdvantage(string Id, double[] Advantages, double[] Returns, double Kl, double Return)
{
    /// <summary>
    /// The reward after the estimator's comparison, running normalisation and cut; 0 for a trace without a reward.
    /// </summary>
    public double Shaped { get; init; }

    /// <summary>Why the trace is left out of the update; null for one that is learned.</summary>
    public NoSignal? DroppedFor { get; init; }

    /// <summary>Whether the trace is left out of the update.</summary>
    public bool Dropped => DroppedFor is not null;
}
