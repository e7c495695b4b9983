using R1Reward.Data.Pairs;
using R1Reward.Policy.Heads;

namespace R1Reward.Policy.Training;

/// <summary>Two texts that a scalar model is to rank.</summary>
/// <param name="First">The question with the first response.</param>
/// <param name="Second">The question with the second response.</param>
/// <param name="Labels">
/// Which is preferred, for each head of the model in its order; null: that head learns nothing of the pair.
/// </param>
public sealed record ScalarPair(ScalarRow First, ScalarRow Second, IReadOnlyList<PreferenceLabel?> Labels);
