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
using R1Reward.Policy.Devices;

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
            [new("learner", WorkKind.Learn, run => Built(new LearnEngine(Learner(run), Folder(run), bulk)))],
        NodeRole.Sft =>
            [new("sft", WorkKind.Sft, run => Trains(ColdStartState.Stage(Sft(run), Folder(run)), run, bulk))],
        NodeRole.Srm => [new("srm", WorkKind.Srm, run => Trains(ScalarState.Stage(Srm(run)), run, bulk))],
        NodeRole.Coordinator => [],
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    private static WorkerSpec Rollout(int number, BulkHub bulk) =>
        new($"rollout-{number}", WorkKind.Rollout, run =>
            Built(new RolloutEngine(Settings(run, settings => settings.Rollout.Device, number), bulk, number)));

    private static Task<IWorkEngine> Trains(Stage stage, ToWorker.Welcome run, BulkHub bulk) =>
        Built(new StageEngine(stage, Folder(run), bulk));

    private static TimeProvider Time => TimeProvider.System;

    private static RunFolder Folder(ToWorker.Welcome run) => new(run.Folder);

    private static RunSettings Settings(ToWorker.Welcome run) =>
        RunSettings.Read(Configurations.FromSubmission(run.Settings).Reader());

    private static RunSettings Learner(ToWorker.Welcome run) => Settings(run, settings => settings.Learner);

    private static RunSettings Sft(ToWorker.Welcome run) => Settings(run, settings => settings.SftWorker);

    private static RunSettings Srm(ToWorker.Welcome run) => Settings(run, settings => settings.SrmWorker);

    // A device that is not there is told at the start, not when the first item comes after hours of a cold start.
    private static RunSettings Settings(
        ToWorker.Welcome run, Func<RunSettings, DeviceSettings> device, int offset = 0)
    {
        var settings = Settings(run);
        var wanted = device(settings);
        _ = ComputeDevice.Select(wanted.Device, wanted.DType, offset);
        return settings;
    }

    private static Task<IWorkEngine> Built(IWorkEngine engine) => Task.FromResult(engine);
}
