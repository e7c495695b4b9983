using R1Reward.Policy.Advantages;

namespace R1Reward.Policy.Training;

/// <summary>What one <see cref="ReinforceStep"/> did.</summary>
/// <param name="Advantages">The advantages of the batch with their figures.</param>
/// <param name="KlCoefficient">Weight of the divergence in this step.</param>
/// <param name="Critic">What the critic did; null where there is none.</param>
/// <param name="Policy">What the policy update did.</param>
public sealed record ReinforceMetrics(
    AdvantageBatch Advantages, double KlCoefficient, CriticMetrics? Critic, PolicyMetrics Policy)
{
    /// <summary>Why the policy learned nothing from the batch; null where it learned.</summary>
    public NoSignal? SkippedFor
    {
        get
        {
            if (Advantages.SkippedFor is { } reason)
            {
                return reason;
            }

            if (Policy is { Steps: 0, NonFiniteSteps: > 0 })
            {
                return NoSignal.NotFinite;
            }

            return Policy.LargestGradientNorm == 0.0 ? NoSignal.NoGradient : null;
        }
    }
}
