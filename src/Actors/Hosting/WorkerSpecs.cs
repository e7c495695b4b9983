using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Workers;
using R1Reward.Actors.Workers.ColdStart;
using R1Reward.Actors.Workers.Judge;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Actors.Workers.Rollout;
using R1Reward.Actors.Workers.Scalar;
using R1Reward.Actors.Workers.Score;
using R1Reward.Actors.Workers.Stages;

namespace R1Reward.Actors.Hosting;

/// <summary>Which workers a node's roles call for, and how their engines are built for a run.</summary>
internal static class WorkerSpecs
{
    /// <summary>The workers that the roles of a node call for.</summary>
    public static IReadOnlyList<WorkerSpec> For(NodeSettings node, BulkHub bulk) =>
        [.. node.Roles.SelectMany(role => For(role, node, bulk))];

    private static IEnumerable<WorkerSpec> For(NodeRole role, NodeSettings node, BulkHub bulk) => role switch
    {
        NodeRole.Rollout => Enumerable.Range(0, node.RolloutWorkers).Select(number => Rollout(number, bulk)),
        NodeRole.Reward =>
            [new("reward", WorkKind.Score, async run => await ScoreEngine.StartAsync(Settings(run), Time))],
        NodeRole.Judge =>
            [new("judge", WorkKind.Judge, async run => await JudgeEngine.StartAsync(Settings(run), Time))],
        NodeRole.Learner =>
            [new("learner", WorkKind.Learn, run => Built(new LearnEngine(Settings(run), Folder(run), bulk)))],
        NodeRole.Sft =>
            [new("sft", WorkKind.Sft, run => Trains(ColdStartState.Stage(Settings(run), Folder(run)), run, bulk))],
        NodeRole.Srm => [new("srm", WorkKind.Srm, run => Trains(ScalarState.Stage(Settings(run)), run, bulk))],
        NodeRole.Coordinator => [],
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    private static WorkerSpec Rollout(int number, BulkHub bulk) =>
        new($"rollout-{number}", WorkKind.Rollout, run => Built(new RolloutEngine(Settings(run), bulk, number)));

    private static Task<IWorkEngine> Trains(Stage stage, ToWorker.Welcome run, BulkHub bulk) =>
        Built(new StageEngine(stage, Folder(run), bulk));

    private static TimeProvider Time => TimeProvider.System;

    private static RunFolder Folder(ToWorker.Welcome run) => new(run.Folder);

    private static RunSettings Settings(ToWorker.Welcome run) =>
        RunSettings.Read(Configurations.FromSubmission(run.Settings).Reader());

    private static Task<IWorkEngine> Built(IWorkEngine engine) => Task.FromResult(engine);
}
