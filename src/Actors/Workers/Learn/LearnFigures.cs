using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// The figures of an update by the names under which they are recorded; <c>metrics.jsonl</c> keeps their order. A
/// figure that nothing was counted for is left out: it is unknown, not 0.
/// </summary>
internal static class LearnFigures
{
    public static Dictionary<string, double> From(ReinforceMetrics metrics)
    {
        var advantages = metrics.Advantages.Stats;
        var policy = metrics.Policy;
        var figures = new Dictionary<string, double>
        {
            ["kl"] = advantages.Kl,
            ["kl-coefficient"] = metrics.KlCoefficient,
            ["advantage-mean"] = advantages.Mean,
            ["advantage-deviation"] = advantages.Deviation,
            ["filtered-share"] = advantages.FilteredShare,
            ["dropped-share"] = advantages.DroppedShare,
        };
        if (metrics.Critic is { } critic)
        {
            figures["value-mean"] = critic.MeanValue;
            figures["value-loss"] = critic.Loss;
        }

        figures["loss"] = policy.Loss;
        figures["loss-largest"] = policy.LargestLoss;
        figures["grad-norm"] = policy.GradientNorm;
        figures["grad-norm-largest"] = policy.LargestGradientNorm;
        figures["non-finite-steps"] = policy.NonFiniteSteps;
        figures["learning-rate"] = policy.LearningRate;
        figures["ratio-mean"] = policy.MeanRatio;
        figures["ratio-largest"] = policy.LargestRatio;
        figures["log-ratio-largest"] = policy.LargestLogRatio;
        figures["sampler-gap-mean"] = policy.MeanSamplerGap;
        figures["sampler-gap-largest"] = policy.LargestSamplerGap;
        figures["clip-share"] = policy.ClipShare;
        figures["pre-clip-share"] = policy.PreClipShare;
        figures["entropy"] = policy.Entropy;
        figures["learn-seconds"] = policy.Elapsed.TotalSeconds;
        figures["learn-tokens-per-second"] = policy.Tokens / policy.Elapsed.TotalSeconds;
        // Both stay flat over a run; a leak shows here first.
        figures["live-tensors"] = Tensor.TotalCount;
        figures["resident-mib"] = Environment.WorkingSet / 1048576.0;
        foreach (var (name, value) in figures)
        {
            if (double.IsNaN(value))
            {
                figures.Remove(name);
            }
        }

        return figures;
    }
}
