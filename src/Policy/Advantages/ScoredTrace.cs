using R1Reward.Data.Traces;

namespace R1Reward.Policy.Advantages;

/// <summary>
/// A trace with its reward, as reinforcement learning starts from it. It also travels to the learner as JSON, by these
/// names.
/// </summary>
/// <param name="Trace">The trace.</param>
/// <param name="Group">Traces of one prompt share it; see <see cref="GroupShaping"/>.</param>
/// <param name="Reward">
/// The total reward; not read where <see cref="AdvantageOptions.TermWeights"/> say that the terms take its place.
/// </param>
/// <param name="Terms">
/// The raw value of each reward term in the order of the configuration; NaN where a term gave no number.
/// </param>
public sealed record ScoredTrace(Trace Trace, int Group, double Reward, IReadOnlyList<double> Terms);
