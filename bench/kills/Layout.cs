namespace R1Reward.Bench.Kills;

/// <summary>Which processes a trial starts, and which of them may be killed together.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Nodes">Roles of each node, the first of which founds the cluster; none: `train --processes 3`.</param>
/// <param name="Victims">Sets of nodes that are killed together; of `train` the roles of its children.</param>
/// <param name="Revives">Whether the victims are started again.</param>
/// <param name="Signal">KILL, or STOP for a process that is frozen for good.</param>
internal sealed record Layout(
    string Name, IReadOnlyList<string> Nodes, IReadOnlyList<string[]> Victims, bool Revives, string Signal)
{
    private static readonly string[] Four =
    [
        "coordinator,reward,judge", "coordinator,rollout", "rollout,learner,sft", "learner,sft,reward,judge",
    ];

    public static IReadOnlyList<Layout> All { get; } =
    [
        new("three, one child", [], [["rollout"], ["learner"]], Revives: true, "KILL"),
        new("three, both children", [], [["rollout", "learner"]], Revives: true, "KILL"),
        new("four, coordinator", Four, [["0"]], Revives: false, "KILL"),
        new("four, one of them", Four, [["1"], ["2"], ["3"]], Revives: false, "KILL"),
        new("four, two of them", Four, [["0", "1"], ["0", "2"], ["1", "3"], ["2", "3"]], Revives: true, "KILL"),
        new("four, one frozen", Four, [["0"], ["1"], ["2"], ["3"]], Revives: false, "STOP"),
    ];
}
