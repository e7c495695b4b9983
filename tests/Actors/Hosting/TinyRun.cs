using Akka.Actor;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Settings of a run on the smallest model there is: every part runs, nothing is learned.</summary>
internal static class TinyRun
{
    public static IReadOnlyList<string> Settings(string runs, int steps) =>
    [
        "r1reward.run.name=tiny", $"r1reward.run.folder={runs}", $"r1reward.node.cache={Path.Combine(runs, "cache")}",
        "r1reward.model.init.hidden-size=16", "r1reward.model.init.layers=1", "r1reward.model.init.heads=2", "r1reward.model.init.key-value-heads=2",
        "r1reward.model.init.intermediate-size=16", "r1reward.model.init.max-positions=256", "r1reward.model.tokenizer.vocabulary=384", "r1reward.model.template=compact",
        "r1reward.sft.steps=2", "r1reward.sft.batch-size=4",
        $"r1reward.rl.steps={steps}", "r1reward.rl.prompts-per-step=4", "r1reward.rl.train-batch-size=4",
        "r1reward.rollout.max-new-tokens=8", "r1reward.rollout.threads=1", "r1reward.learner.threads=1", "r1reward.sft-worker.threads=1",
        "r1reward.rollout.dtype=float32", "r1reward.learner.dtype=float32", "r1reward.sft-worker.dtype=float32",
        "r1reward.rollout.device=cpu", "r1reward.learner.device=cpu", "r1reward.sft-worker.device=cpu",
        "r1reward.eval.pairs=2", "r1reward.eval.vote-samples=2", "r1reward.checkpoints.every=1", "r1reward.work.heartbeat=100 ms",
    ];

    public static EffectiveConfiguration Configuration(string runs, int steps, params string[] more) => Configurations.Load(null, [.. Settings(runs, steps), .. more], _ => null);

    /// <summary>Runs to an end on a node of its own, asking it to stop as soon as a status says so.</summary>
    public static async Task<RunStatus> RunAsync(EffectiveConfiguration configuration, RunFolder folder, Func<RunStatus, bool> stop)
    {
        var node = NodeSettings.Read(configuration.Reader(), configuration.Config);
        await using var host = await NodeHost.StartAsync(node, bulk => new RunFactory(bulk, node, TimeProvider.System, takeUp: false), bulk => WorkerSpecs.For(node, bulk));
        await host.Coordinator.Ask<RunCommands.Submitted>(new RunCommands.Submit("tiny", configuration.Print(), folder.Root), TimeSpan.FromSeconds(30));
        for (var asked = false; ;)
        {
            var status = await host.Coordinator.Ask<RunStatus>(RunCommands.GetStatus.Instance, TimeSpan.FromSeconds(30));
            if (status.Outcome is not null)
            {
                return status;
            }

            if (!asked && stop(status))
            {
                asked = true;
                host.Coordinator.Tell(RunCommands.Stop.Instance);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
