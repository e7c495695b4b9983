// What the cluster's ways cost: 64 simulated workers that pull from a coordinator (coordination), a gigabyte of weights
// from node to node (weights), a judge and a worker that are slow (slow). Without a name, all of them.
using R1Reward.Bench.Ways;

foreach (var what in args.Length > 0 ? args : ["coordination", "weights", "slow"])
{
    await (what switch
    {
        "coordination" => CoordinationEfficiency.MeasureAsync(),
        "weights" => WeightsCopy.MeasureAsync(),
        "slow" => SlowParts.MeasureAsync(),
        _ => throw new ArgumentException($"{what}: give coordination, weights or slow"),
    });
}
