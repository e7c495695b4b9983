// What the cluster's ways cost: 64 simulated workers that pull from a coordinator (coordination), and a gigabyte of
// weights from node to node (weights). Without a name, both.
using R1Reward.Bench.Ways;

foreach (var what in args.Length > 0 ? args : ["coordination", "weights"])
{
    await (what switch
    {
        "coordination" => CoordinationEfficiency.MeasureAsync(),
        "weights" => WeightsCopy.MeasureAsync(),
        _ => throw new ArgumentException($"{what}: give coordination or weights"),
    });
}
