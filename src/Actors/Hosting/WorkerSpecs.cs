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
using R1Reward.Actors.Workers.Score;

namespace R1Reward.Actors.Hosting;

/// <summary>Which workers a node's roles call for, and how their engines are built for a run.</summary>
public static class WorkerSpecs
{
    /// <summary>The workers of a node.</summary>
    public static IReadOnlyList<WorkerSpec> For(NodeSettings node, BulkHub bulk) => [.. node.Roles.SelectMany(role => For(role, node, bulk))];

    private static IEnumerable<WorkerSpec> For(NodeRole role, NodeSettings node, BulkHub bulk) => role switch
    {
        NodeRole.Rollout => Enumerable.Range(0, node.RolloutWorkers).Select(number =>
            new WorkerSpec($"rollout-{number}", WorkKind.Rollout, run => Built(new RolloutEngine(Settings(run), bulk, number)))),
        NodeRole.Reward => [new WorkerSpec("reward", WorkKind.Score, async run => await ScoreEngine.StartAsync(Settings(run), TimeProvider.System))],
        NodeRole.Judge => [new WorkerSpec("judge", WorkKind.Judge, async run => await JudgeEngine.StartAsync(Settings(run), TimeProvider.System))],
        NodeRole.Learner => [new WorkerSpec("learner", WorkKind.Learn, run => Built(new LearnEngine(Settings(run), new RunFolder(run.Folder), bulk)))],
        NodeRole.Sft => [new WorkerSpec("sft", WorkKind.Sft, run => Built(new SftEngine(Settings(run), new RunFolder(run.Folder), bulk)))],
        NodeRole.Coordinator or NodeRole.Srm => [],
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    private static RunSettings Settings(ToWorker.Welcome run) => RunSettings.Read(Configurations.FromSubmission(run.Settings).Reader());

    private static Task<IWorkEngine> Built(IWorkEngine engine) => Task.FromResult(engine);
}
