namespace R1Reward.Bench.Kills;

/// <summary>Learners of which one process ends.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Processes">Processes with learners; one that is no rank stands by.</param>
/// <param name="PerProcess">Ranks that each gives.</param>
/// <param name="Ranks">Ranks of each update.</param>
/// <param name="Settings">What is set of them beside that.</param>
internal sealed record PhaseGroup(string Name, int Processes, int PerProcess, int Ranks, params string[] Settings)
{
    private const string NoCopy = "replicate=off";

    /// <summary>Groups of all kinds of sharding, with and without one that stands by.</summary>
    public static IReadOnlyList<PhaseGroup> All { get; } =
    [
        new("none, one stands by", 3, 1, 2, "sharding=none"),
        new("none, one fewer", 3, 1, 3, "sharding=none"),
        new("optimizer, replicate", 3, 1, 2, "sharding=optimizer", "replicate=on"),
        new("gradients, replicate", 3, 1, 3, "sharding=gradients", "replicate=on"),
        new("two ranks a process, gradients, replicate", 2, 2, 4, "sharding=gradients", "replicate=on"),
        new("parameters, replicate", 3, 1, 2, "sharding=parameters", "replicate=on"),
        new("gradients, no copy", 3, 1, 2, "sharding=gradients", NoCopy),
    ];

    /// <summary>Ranks after one process has ended.</summary>
    public int RanksAfter => Math.Min(Ranks, (Processes - 1) * PerProcess);

    /// <summary>Processes with ranks that are to notice the end of another one.</summary>
    public int Others => (Ranks / PerProcess) - 1;

    /// <summary>Whether a part of the optimiser's state is lost with the process.</summary>
    public bool LosesParts => Settings.Contains(NoCopy);

    /// <summary>Whether each rank holds all of the state.</summary>
    public bool IsWhole => Settings.Contains("sharding=none");

    /// <summary>The processes and settings of a run.</summary>
    public Layout Layout => new(
        Name,
        ["coordinator,rollout,reward,judge,sft", .. Enumerable.Repeat("learner", Processes)],
        [],
        Fault.InPhase)
    {
        Settings =
        [
            $"r1reward.learner.ranks={Ranks}", "r1reward.learner.device=auto",
            $"r1reward.learner.devices={string.Join(',', Enumerable.Repeat("cpu", PerProcess))}",
            "r1reward.learner.gather-timeout=15 s", "r1reward.checkpoints.every=3",
            .. Settings.Select(setting => "r1reward.learner." + setting),
        ],
    };
}
