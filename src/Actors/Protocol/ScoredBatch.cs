using R1Reward.Policy.Advantages;

namespace R1Reward.Actors.Protocol;

/// <summary>The traces of one update with their rewards, as the learner gets them.</summary>
/// <param name="Traces">The traces, those of one prompt next to each other.</param>
internal sealed record ScoredBatch(IReadOnlyList<ScoredTrace> Traces);
