using System.Collections.Immutable;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Models;

namespace R1Reward.Policy.Training;

/// <summary>
/// One step of reinforcement learning on the scored traces of a rollout: reference log-probabilities, advantages over
/// the whole batch, critic, policy update, figures. A batch from which the policy cannot learn leaves it as it is; a
/// critic still learns the values of what is not dropped. The parts hold what goes on from step to step and are made,
/// kept and disposed by the caller. Several ranks each run the step on the whole batch: what a model computes is shared
/// out, what follows from it without a model is computed by all. For one thread.
/// </summary>
/// <param name="policy">The policy update with its loss and optimiser.</param>
/// <param name="advantages">From rewards to advantages.</param>
/// <param name="kl">The weight of the divergence from the reference.</param>
/// <example>
/// <code>
/// using var policy = Checkpoint.Load(folder, CPU, ScalarType.Float32);
/// using var reference = policy.Clone();
/// using var optimizer = new AdamW(policy.Trained, new AdamWOptions());
/// var learner = new PolicyLearner(
///     policy, optimizer, schedule, new PolicyObjective(new StableReinforceLoss()), new PolicyLearnerOptions());
/// var step = new ReinforceStep(learner, new AdvantagePipeline(), new KlController()) { Reference = reference };
/// var figures = step.Run(traces);
/// </code>
/// </example>
public sealed class ReinforceStep(PolicyLearner policy, AdvantagePipeline advantages, KlController kl)
{
    /// <summary>The frozen policy that the divergence is measured from; null: no divergence is computed.</summary>
    public CausalLM? Reference { get; init; }

    /// <summary>The critic; needed by <see cref="AdvantageEstimator.Gae"/> only.</summary>
    public Critic? Critic { get; init; }

    /// <summary>Learns from a batch.</summary>
    /// <param name="batch">The scored traces, sampled by this policy or one a few updates older.</param>
    /// <param name="media">Pictures and videos of each trace's prompt; null where all prompts are text.</param>
    /// <exception cref="InvalidOperationException">
    /// The batch needs what is not there, or a number is not finite; the message names trace or step with its numbers.
    /// </exception>
    public ReinforceMetrics Run(
        IReadOnlyList<ScoredTrace> batch, IReadOnlyList<IReadOnlyList<MediaFeatures>>? media = null)
    {
        // The divergence is part of the reward or part of the loss, never of both.
        var inLoss = policy.Objective.NeedsReference;
        if (inLoss && Reference is null)
        {
            throw new InvalidOperationException("the loss holds a divergence from a reference, but none is set");
        }

        TrainingRow[] rows = [.. batch.Select((scored, i) => TrainingRow.FromTrace(scored.Trace, media?[i]))];
        var reference = Reference is null
            ? null
            : ResponseLogProbs.Compute(
                Reference, rows, policy.Options.MicroBatchTokens, policy.Options.OnMicroBatch, policy.Ranks);
        var values = Critic?.Values(rows);

        var coefficient = kl.Coefficient;
        var computed = advantages.Compute(batch, inLoss ? 0 : coefficient, reference, values);
        int[] learned = [.. Enumerable.Range(0, batch.Count).Where(i => !computed.Traces[i].Dropped)];

        var critic = Critic is null ? null : Learn(Critic, learned, rows, values!, computed);
        int[] updated = computed.SkippedFor is null ? learned : [];
        var update = policy.Update(
            [.. updated.Select(i => new Experience(rows[i])
            {
                OldLogProbs = batch[i].Trace.LogProbs,
                Advantages = Single(computed.Traces[i].Advantages),
                ReferenceLogProbs = inLoss ? reference![i] : [],
            })],
            coefficient);
        if (!double.IsNaN(computed.Stats.Kl))
        {
            kl.Update(computed.Stats.Kl, batch.Count);
        }

        return new ReinforceMetrics(computed, coefficient, critic, update);
    }

    private static CriticMetrics Learn(
        Critic critic,
        int[] learned,
        TrainingRow[] rows,
        IReadOnlyList<ImmutableArray<float>> values,
        AdvantageBatch computed)
    {
        var loss = critic.Update(
            [.. learned.Select(i => rows[i])],
            [.. learned.Select(i => values[i])],
            [.. learned.Select(i => Single(computed.Traces[i].Returns))]);
        return new CriticMetrics(values.SelectMany(row => row).DefaultIfEmpty().Average(), loss);
    }

    private static ImmutableArray<float> Single(double[] values) =>
        ImmutableArray.Create(Array.ConvertAll(values, value => (float)value));
}
