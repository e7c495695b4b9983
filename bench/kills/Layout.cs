namespace R1Reward.Bench.Kills;

/// <summary>Which processes a trial starts, and what happens to which of them together.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Nodes">Roles of each node, the first of which founds the cluster; none: `train --processes 3`.</param>
/// <param name="Victims">Sets of nodes that are hit together; of `train` the roles of its children.</param>
/// <param name="Fault">What happens to them.</param>
internal sealed record Layout(
    string Name, IReadOnlyList<string> Nodes, IReadOnlyList<string[]> Victims, Fault Fault)
{
    /// <summary>Settings of the run and of its nodes beside those of all trials.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The stage of the run that it happens in, as metrics.jsonl names it.</summary>
    public string Stage { get; init; } = Updating;

    /// <summary>Updates of the run, which is to outlast what happens.</summary>
    public int Updates => (Stage, Fault) switch
    {
        (not Updating, _) => 0,
        (_, Fault.Part) => 300,
        (_, Fault.InPhase) => 18,
        _ => 60,
    };

    /// <summary>Steps of the cold start; many where it happens in the middle of them, since they are short.</summary>
    public int ColdStartSteps => Stage switch
    {
        Updating => 20,
        ColdStart => StageSteps,
        _ => 0,
    };

    /// <summary>Steps of a scalar model; 0 where the run trains a judge.</summary>
    public int ScalarSteps => Stage == Scalar ? StageSteps : 0;

    /// <summary>Traces that the run leaves: of four prompts an update, and of two held-out pairs.</summary>
    public int Traces => Stage switch
    {
        Updating => (Updates * 4) + 2 + (2 * 2) + (2 * 2),
        ColdStart => 2 + (2 * 2),
        _ => 0,
    };

    /// <summary>Evaluations that it makes, as metrics.jsonl names them.</summary>
    public IReadOnlyList<string> Evaluations => Stage switch
    {
        Updating => ["eval-rl", "eval-sft", $"eval-step-{EvaluateEvery}", $"eval-step-{2 * EvaluateEvery}"],
        ColdStart => ["eval-rl", "eval-sft"],
        _ => ["eval-srm"],
    };

    /// <summary>Updates between two evaluations: two of them fall into the run.</summary>
    public int EvaluateEvery => Updates / 3;

    /// <summary>What metrics.jsonl calls updates by reinforcement learning.</summary>
    public const string Updating = "rl";

    /// <summary>What metrics.jsonl calls the steps of a cold start.</summary>
    public const string ColdStart = "sft";

    /// <summary>What metrics.jsonl calls the steps of a scalar model.</summary>
    public const string Scalar = "srm";

    /// <summary>Steps of a cold start or of a scalar model in the middle of which something happens.</summary>
    public const int StageSteps = 150;

    private const string Everything = "coordinator,rollout,learner,sft,reward,judge";

    // Every role is there twice.
    private static readonly string[] Four =
    [
        "coordinator,reward,judge", "coordinator,rollout", "rollout,learner,sft", "learner,sft,reward,judge",
    ];

    private static readonly string[] ThreeAlike = [Everything, Everything, Everything];

    private static readonly string[] Five =
    [
        "coordinator,reward,judge", "coordinator,reward,judge", "coordinator,reward,judge", "rollout,learner,sft",
        "rollout,learner,sft",
    ];

    /// <summary>The layouts of which all processes share one host and its loopback address.</summary>
    public static IReadOnlyList<Layout> OnOneHost { get; } =
    [
        new("three, one child", [], [["rollout"], ["learner"]], Fault.Kill),
        new("three, both children", [], [["rollout", "learner"]], Fault.Kill),
        new("four, coordinator", Four, [["0"]], Fault.Kill),
        new("four, one of them", Four, [["1"], ["2"], ["3"]], Fault.Kill),
        new("four, two of them", Four, [["0", "1"], ["0", "2"], ["1", "3"], ["2", "3"]], Fault.KillAndStartAgain),
        new("four, one frozen", Four, [["0"], ["1"], ["2"], ["3"]], Fault.Freeze),
    ];

    /// <summary>A host each, of which the network between them knows.</summary>
    public static IReadOnlyList<Layout> OnHosts { get; } =
    [
        new("three hosts, one parted", ThreeAlike, [["0"], ["1"], ["2"]], Fault.Part),
        new("three hosts, a seed restarted", ThreeAlike, [["0"], ["1"]], Fault.Restart),
        new("three hosts, both seeds slow", ThreeAlike, [["0", "1"]], Fault.Pause),
        new("five hosts, both workers", Five, [["3", "4"]], Fault.KillAndStartAgain),
    ];
}
