using R1Reward.Policy.Advantages;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>The message about updates that the policy learned nothing from.</summary>
internal static class SkippedUpdate
{
    /// <summary>The figure of such an update in metrics.jsonl; others do not have it.</summary>
    public const string Figure = "skipped";

    /// <summary>Why nothing was learned, as the rest of a sentence.</summary>
    public static string Why(NoSignal reason) => reason switch
    {
        NoSignal.EqualRewards => "all samples that are compared earned the same reward",
        NoSignal.AllTruncated => "all replies were cut off at r1reward.rollout.max-new-tokens",
        NoSignal.AllUndecided => "no reply has a reward, since of each some reward term gave no number",
        NoSignal.NoGradient => "the gradient was exactly 0",
        NoSignal.NotFinite => "loss or gradient of every optimiser step was not finite",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>The line that ends a run in which nothing is learned any more.</summary>
    /// <param name="step">The last update.</param>
    /// <param name="count">Updates in a row that learned nothing.</param>
    /// <param name="reason">Why the last one did not.</param>
    public static string GiveUp(int step, int count, NoSignal reason) =>
        $"step {step}: the last {count} updates learned nothing, the last one because {Why(reason)}. {Advice(reason)} "
        + "r1reward.rl.give-up-after says after how many such updates a run ends (0: never).";

    private static string Advice(NoSignal reason) => reason switch
    {
        NoSignal.EqualRewards =>
            "Look at reward, accuracy and format in metrics.jsonl and at the replies in traces.jsonl; train the cold "
            + "start longer (r1reward.sft.steps), sample more freely (r1reward.rollout.temperature, "
            + "r1reward.rl.samples-per-prompt), or correct r1reward.rewards.terms.",
        NoSignal.AllTruncated =>
            "Raise it, or train the cold start longer (r1reward.sft.steps), so that replies come to an end.",
        NoSignal.AllUndecided =>
            "Look at r1reward.judge and at the servers of r1reward.rewards.terms; log.jsonl has what they said.",
        NoSignal.NoGradient =>
            "Look at reward in metrics.jsonl: samples of one prompt that all earn the same teach nothing "
            + "(r1reward.rl.estimator), nor do rewards beyond r1reward.rl.reward-clip.",
        NoSignal.NotFinite => "Lower r1reward.rl.learning-rate; r1reward.rl.non-finite = stop shows the numbers.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
