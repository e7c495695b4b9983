using R1Reward.Policy.Advantages;

namespace R1Reward.Policy.Training;

/// <summary>Where training stands at a checkpoint.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="KlCoefficient">The KL controller's coefficient; 0 in the cold start.</param>
/// <param name="RewardMoments">Moments of all rewards so far, for their running normalisation.</param>
public sealed record TrainingState(int Step, double KlCoefficient, AdvantageMoments RewardMoments = default)
{
    /// <summary>
    /// Figures of the steps so far by name, where a run that goes on is to report them again; null elsewhere.
    /// </summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>>? Figures { get; init; }

    /// <summary>
    /// What a stage follows from step to step beside weights and optimiser, such as running means, by name; null where
    /// it follows nothing.
    /// </summary>
    public IReadOnlyDictionary<string, double>? Followed { get; init; }
}
