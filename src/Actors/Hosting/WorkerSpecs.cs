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
        NodeRole.Learner => [Learner(bulk, samplesHere: node.Roles.Contains(NodeRole.Rollout))],
        NodeRole.Sft => [Sft(bulk)],
        NodeRole.Srm => [Srm(bulk)],
        NodeRole.Coordinator => [],
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    private static WorkerSpec Rollout(int number, BulkHub bulk) =>
        new($"rollout-{number}", WorkKind.Rollout, run =>
        {
            var settings = Settings(run);
            Require(settings.Rollout.Device, number);
            return Task.FromResult<IWorkEngine>(new RolloutEngine(settings, bulk, number));
        });

    private static WorkerSpec Learner(BulkHub bulk, bool samplesHere) => Trains(
        "learner",
        WorkKind.Learn,
        settings => settings.Learner,
        (settings, device, folder) => new LearnEngine(settings with { Learner = device }, folder, bulk, samplesHere));

    private static WorkerSpec Sft(BulkHub bulk) => Trains(
        "sft",
        WorkKind.Sft,
        settings => settings.SftWorker,
        (settings, device, folder) => new StageEngine(
            ColdStartState.Stage(settings with { SftWorker = device }, folder), folder, bulk));

    private static WorkerSpec Srm(BulkHub bulk) => Trains(
        "srm",
        WorkKind.Srm,
        settings => settings.SrmWorker,
        (settings, device, folder) => new StageEngine(
            ScalarState.Stage(settings with { SrmWorker = device }), folder, bulk));

    private static WorkerSpec Trains(
        string name,
        WorkKind kind,
        Func<RunSettings, DeviceSettings> devices,
        Func<RunSettings, DeviceSettings, RunFolder, IWorkEngine> build)
    {
        return new WorkerSpec(name, kind, run => Build(run, 0))
        {
            Beside = run =>
            [
                .. Enumerable.Range(1, devices(Settings(run)).Each().Count - 1)
                    .Select(number => new WorkerSpec($"{name}-{number}", kind, next => Build(next, number))),
            ],
        };

        Task<IWorkEngine> Build(ToWorker.Welcome run, int number)
        {
            var settings = Settings(run);
            var each = devices(settings).Each();
            if (number >= each.Count)
            {
                // A worker for which this run has no device: its node is about to stop it.
                return new TaskCompletionSource<IWorkEngine>().Task;
            }

            Require(each[number]);
            return Task.FromResult(build(settings, each[number], new RunFolder(run.Folder)));
        }
    }

    private static TimeProvider Time => TimeProvider.System;

    private static RunSettings Settings(ToWorker.Welcome run) =>
        RunSettings.Read(Configurations.FromSubmission(run.Settings).Reader());

    // A device that is not there is told at the start, not when the first item comes after hours of a cold start.
    private static void Require(DeviceSettings device, int offset = 0) =>
        _ = ComputeDevice.Select(device.Device, device.DType, offset);
}
