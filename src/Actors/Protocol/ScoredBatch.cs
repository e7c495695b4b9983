using R1Reward.Data.Traces;

namespace R1Reward.Actors.Protocol;

/// <summary>The traces of one update with their rewards, as the learner gets them.</summary>
/// <param name="Traces">The traces, those of one prompt next to each other.</param>
public sealed record ScoredBatch(IReadOnlyList<ScoredTrace> Traces);

/// <summary>A trace with its reward.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Group">Samples of one prompt share it.</param>
/// <param name="Reward">The total reward.</param>
/// <param name="Terms">The raw value of each term in the order of the configuration; NaN where a term has none.</param>
public sealed record ScoredTrace(Trace Trace, int Group, double Reward, IReadOnlyList<double> Terms);
