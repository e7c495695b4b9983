namespace R1Reward.Bench.Kills;

/// <summary>Workers that train together, of which one process ends.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Processes">Processes with such workers; one that is no rank stands by.</param>
/// <param name="PerProcess">Ranks that each gives.</param>
/// <param name="Ranks">Ranks of each update or step.</param>
/// <param name="Settings">What is set of them beside that.</param>
internal sealed record PhaseGroup(string Name, int Processes, int PerProcess, int Ranks, params string[] Settings)
{
    private const string Whole = "sharding=none";

    /// <summary>Names of the activities of which an update consists.</summary>
    public static string[] AllPhases { get; } =
        ["forward", "backward", "exchange", "step", "publish", "checkpoint"];

    /// <summary>
    /// Groups of all kinds of sharding, with and without one that stands by. A cold start and a scalar model keep no
    /// copies of parts.
    /// </summary>
    public static IReadOnlyList<PhaseGroup> All { get; } =
    [
        new("none, one stands by", 3, 1, 2, Whole),
        new("none, one fewer", 3, 1, 3, Whole),
        new("optimizer, replicate", 3, 1, 2, "sharding=optimizer", "replicate=on"),
        new("gradients, replicate", 3, 1, 3, "sharding=gradients", "replicate=on"),
        new("two ranks a process, gradients, replicate", 2, 2, 4, "sharding=gradients", "replicate=on"),
        new("parameters, replicate", 3, 1, 2, "sharding=parameters", "replicate=on"),
        new("gradients, no copy", 3, 1, 2, "sharding=gradients"),
        new("sft, none, one stands by", 3, 1, 2, Whole) { Stage = Layout.ColdStart },
        new("sft, gradients", 3, 1, 3, "sharding=gradients") { Stage = Layout.ColdStart },
        new("srm, none, one stands by", 3, 1, 2, Whole) { Stage = Layout.Scalar },
        new("srm, gradients", 3, 1, 3, "sharding=gradients") { Stage = Layout.Scalar },
    ];

    /// <summary>What they train, as metrics.jsonl names it.</summary>
    public string Stage { get; init; } = Layout.Updating;

    /// <summary>Those that there are in this stage: only updates publish weights.</summary>
    public IEnumerable<string> Phases => AllPhases.Where(phase => Stage == Layout.Updating || phase != "publish");

    /// <summary>Ranks after one process has ended.</summary>
    public int RanksAfter => Math.Min(Ranks, (Processes - 1) * PerProcess);

    /// <summary>Processes with ranks that are to notice the end of another one.</summary>
    public int Others => (Ranks / PerProcess) - 1;

    /// <summary>Whether a part of the optimiser's state is lost with the process.</summary>
    public bool LosesParts => !IsWhole && !Settings.Contains("replicate=on");

    /// <summary>Whether each rank holds all of the state.</summary>
    public bool IsWhole => Settings.Contains(Whole);

    /// <summary>The processes and settings of a run.</summary>
    public Layout Layout => new(
        Name,
        [
            "coordinator,rollout,reward,judge" + (Stage == Layout.Updating ? ",sft" : ""),
            .. Enumerable.Repeat(Stage == Layout.Updating ? "learner" : Stage, Processes),
        ],
        [],
        Fault.InPhase)
    {
        Stage = Stage,
        Settings =
        [
            $"{Section}.ranks={Ranks}", $"{Section}.device=auto",
            $"{Section}.devices={string.Join(',', Enumerable.Repeat("cpu", PerProcess))}",
            "r1reward.learner.gather-timeout=15 s", "r1reward.checkpoints.every=3",
            .. Settings.Select(setting => $"{Section}.{setting}"), .. StageSettings,
        ],
    };

    private string Section => Stage == Layout.Updating ? "r1reward.learner" : $"r1reward.{Stage}-worker";

    // Of a run that consists of the stage.
    private string[] StageSettings => Stage switch
    {
        Layout.ColdStart => [$"r1reward.sft.steps={Layout.StageSteps}", "r1reward.sft.checkpoint-every=10"],
        Layout.Scalar =>
        [
            "r1reward.sft.enabled=off", "r1reward.srm.enabled=on", $"r1reward.srm.steps={Layout.StageSteps}",
            "r1reward.srm.batch-size=4", "r1reward.srm.checkpoint-every=10",
        ],
        _ => [],
    };
}
