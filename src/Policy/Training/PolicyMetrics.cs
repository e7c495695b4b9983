namespace R1Reward.Policy.Training;

/// <summary>
/// What one update, of all its optimiser steps, did. Means are over response tokens unless said otherwise. A
/// figure that nothing was counted for, as of an update without any step, is NaN.
/// </summary>
public sealed record PolicyMetrics
{
    /// <summary>Optimiser steps made in this update.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean loss over the steps.</summary>
    public required double Loss { get; init; }

    /// <summary>Largest magnitude of a step's loss.</summary>
    public required double LargestLoss { get; init; }

    /// <summary>Mean gradient norm before clipping over the steps.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Largest gradient norm before clipping.</summary>
    public required double LargestGradientNorm { get; init; }

    /// <summary>
    /// Steps left out because loss or gradient was not finite; the other figures of steps are without them.
    /// </summary>
    public required int NonFiniteSteps { get; init; }

    /// <summary>Learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Response tokens seen, over all passes.</summary>
    public required long Tokens { get; init; }

    /// <summary>Those of them that are in this rank's share.</summary>
    public required long OwnTokens { get; init; }

    /// <summary>Mean ratio of new to old probability.</summary>
    public required double MeanRatio { get; init; }

    /// <summary>Largest ratio of a token's new to its old probability.</summary>
    public required double LargestRatio { get; init; }

    /// <summary>Largest magnitude of a log-ratio, before any clamp.</summary>
    public required double LargestLogRatio { get; init; }

    /// <summary>
    /// Mean magnitude of the difference between the log-probabilities of the first optimiser step, before it, and those
    /// of the sampler: what two ways of computing them differ by, and what the policy has learned since it was sampled.
    /// </summary>
    public required double MeanSamplerGap { get; init; }

    /// <summary>The largest of these differences.</summary>
    public required double LargestSamplerGap { get; init; }

    /// <summary>
    /// Share of tokens beyond the loss's <see cref="Losses.ClipRange"/> on the side of their advantage.
    /// </summary>
    public required double ClipShare { get; init; }

    /// <summary>Share of tokens whose log-ratio Pre-CLIP cuts; 0 for a loss without it.</summary>
    public required double PreClipShare { get; init; }

    /// <summary>Estimate (k3) of the divergence from the sampling policy: mean of r - 1 - ln r.</summary>
    public required double DriftKl { get; init; }

    /// <summary>Mean negative log-probability of the sampled tokens, an estimate of the entropy.</summary>
    public required double Entropy { get; init; }

    /// <summary>Wall time of the whole update.</summary>
    public required TimeSpan Elapsed { get; init; }
}
