namespace R1Reward.Tests.Support;

/// <summary>Settings of a run on the smallest model there is: every part runs, nothing is learned.</summary>
public static class TinyRunSettings
{
    /// <summary>KEY=VALUE texts for a run with the name <c>tiny</c>.</summary>
    /// <param name="runs">Folder for the run's folder and its cache.</param>
    /// <param name="steps">Updates after the cold start.</param>
    public static IReadOnlyList<string> For(string runs, int steps) =>
    [
        "r1reward.run.name=tiny",
        $"r1reward.run.folder={runs}",
        $"r1reward.node.cache={Path.Combine(runs, "cache")}",
        "r1reward.model.init.hidden-size=16",
        "r1reward.model.init.layers=1",
        "r1reward.model.init.heads=2",
        "r1reward.model.init.key-value-heads=2",
        "r1reward.model.init.intermediate-size=16",
        "r1reward.model.init.max-positions=256",
        "r1reward.model.tokenizer.vocabulary=384",
        "r1reward.model.template=compact",
        "r1reward.sft.steps=2",
        "r1reward.sft.batch-size=4",
        $"r1reward.rl.steps={steps}",
        "r1reward.rl.prompts-per-step=4",
        "r1reward.rl.train-batch-size=4",
        // No reply of this model earns anything, and every part of an update is to run all the same.
        "r1reward.rl.equal-rewards=update",
        "r1reward.rollout.max-new-tokens=8",
        "r1reward.rollout.threads=1",
        "r1reward.learner.threads=1",
        "r1reward.sft-worker.threads=1",
        "r1reward.srm-worker.threads=1",
        "r1reward.srm-worker.dtype=float32",
        "r1reward.srm-worker.device=cpu",
        "r1reward.rollout.dtype=float32",
        "r1reward.learner.dtype=float32",
        "r1reward.sft-worker.dtype=float32",
        "r1reward.rollout.device=cpu",
        "r1reward.learner.device=cpu",
        "r1reward.sft-worker.device=cpu",
        "r1reward.eval.pairs=2",
        "r1reward.eval.vote-samples=2",
        "r1reward.checkpoints.every=1",
        "r1reward.work.heartbeat=100 ms",
    ];
}
