using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;

namespace R1Reward.Policy.Training;

/// <summary>
/// The policy update of reinforcement learning: passes over a rollout in shuffled train batches, one optimiser step
/// each. The loss of a batch is the one of all its responses, however it is cut into micro-batches and by the ranks of
/// the optimiser, each of which is given the whole rollout and has the figures of all. Differences from
/// the published loop: micro-batches are bounded by tokens and sorted by length instead of counted, and a last short
/// train batch is evened out over the others instead of dropped; both leave the gradient of a full batch as it is.
/// </summary>
public sealed class PolicyLearner
{
    private readonly AdamW _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly PolicyGradients _gradients;
    private readonly TimeProvider _time;

    /// <summary>
    /// Trains <paramref name="model"/> in place; the caller keeps and disposes model and optimiser.
    /// </summary>
    /// <param name="model">The policy.</param>
    /// <param name="optimizer">Holds the policy's gradients.</param>
    /// <param name="schedule">Rate per optimiser step.</param>
    /// <param name="objective">The loss and what is added to it.</param>
    /// <param name="options">Batch sizes and seed.</param>
    /// <param name="time">Clock of the metrics.</param>
    public PolicyLearner(
        CausalLM model,
        AdamW optimizer,
        LearningRateSchedule schedule,
        PolicyObjective objective,
        PolicyLearnerOptions options,
        TimeProvider? time = null)
    {
        _optimizer = optimizer;
        _schedule = schedule;
        _gradients = new PolicyGradients(model, optimizer, objective, options);
        _time = time ?? TimeProvider.System;
        Objective = objective;
        Options = options;
    }

    /// <summary>The loss and what is added to it.</summary>
    public PolicyObjective Objective { get; }

    /// <summary>Batch sizes and seed.</summary>
    public PolicyLearnerOptions Options { get; }

    /// <summary>Who makes each update together.</summary>
    public ICollective Ranks => _optimizer.Ranks;

    /// <summary>Updates made or restored; part of the seed of the order, so set it when a run resumes.</summary>
    public long UpdateCount { get; set; }

    /// <summary>One update on a rollout.</summary>
    /// <param name="rollout">The responses; without any, nothing is learned and no step is made.</param>
    /// <param name="klCoefficient">
    /// Weight of the divergence in the loss; not used where the loss holds none.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// Lengths disagree, or loss or gradient is not finite; the message has the numbers.
    /// </exception>
    public PolicyMetrics Update(IReadOnlyList<Experience> rollout, double klCoefficient = 0)
    {
        Check(rollout);
        var start = _time.GetTimestamp();
        var statistics = new RatioStatistics(Objective.Loss);
        var losses = new List<double>();
        var norms = new List<double>();
        var nonFinite = 0;
        var rate = double.NaN;
        foreach (var batch in TrainBatches(rollout))
        {
            rate = _schedule.At(_optimizer.StepCount);
            var loss = _gradients.Backward(batch, klCoefficient, statistics);
            if (Options.SkipNonFinite && !(double.IsFinite(loss) && double.IsFinite(_optimizer.GradientNorm())))
            {
                _optimizer.ZeroGradients();
                nonFinite++;
                continue;
            }

            losses.Add(loss);
            norms.Add(_optimizer.Step(rate));
            statistics.HasStepped = true;
        }

        statistics.Combine(Ranks);
        UpdateCount++;
        return new PolicyMetrics
        {
            Steps = losses.Count,
            Loss = losses.DefaultIfEmpty(double.NaN).Average(),
            LargestLoss = losses.DefaultIfEmpty(double.NaN).Max(Math.Abs),
            GradientNorm = norms.DefaultIfEmpty(double.NaN).Average(),
            LargestGradientNorm = norms.DefaultIfEmpty(double.NaN).Max(),
            NonFiniteSteps = nonFinite,
            LearningRate = rate,
            Tokens = statistics.Tokens,
            OwnTokens = statistics.OwnTokens,
            MeanRatio = statistics.MeanRatio,
            LargestRatio = statistics.LargestRatio,
            LargestLogRatio = statistics.LargestLogRatio,
            MeanSamplerGap = statistics.MeanGap,
            LargestSamplerGap = statistics.LargestGap,
            ClipShare = statistics.ClipShare,
            PreClipShare = statistics.PreClipShare,
            DriftKl = statistics.DriftKl,
            Entropy = statistics.Entropy,
            Elapsed = _time.GetElapsedTime(start),
        };
    }

    /// <summary>Every pass in an order of its own, cut into train batches whose sizes differ by one at most.</summary>
    private IEnumerable<Experience[]> TrainBatches(IReadOnlyList<Experience> rollout)
    {
        var count = (rollout.Count + Options.TrainBatchSize - 1) / Options.TrainBatchSize;
        for (var pass = 0; pass < Options.Passes; pass++)
        {
            var order = Enumerable.Range(0, rollout.Count).ToArray();
            CounterRandom.For(Options.Seed, "policy-update", UpdateCount, pass).Shuffle(order);
            for (var i = 0; i < count; i++)
            {
                var batch = order[(i * order.Length / count)..((i + 1) * order.Length / count)];
                yield return Array.ConvertAll(batch, index => rollout[index]);
            }
        }
    }

    private void Check(IReadOnlyList<Experience> rollout)
    {
        foreach (var experience in rollout)
        {
            var tokens = experience.Row.TargetCount;
            var needsReference = Objective.NeedsReference;
            if (tokens == 0
                || experience.OldLogProbs.Length != tokens
                || experience.Advantages.Length != tokens
                || (needsReference && experience.ReferenceLogProbs.Length != tokens))
            {
                throw new InvalidOperationException(
                    $"a response of {tokens} tokens after {experience.Row.Tokens.Length - tokens} prompt tokens has "
                    + $"{experience.OldLogProbs.Length} log-probabilities, {experience.Advantages.Length} advantages "
                    + $"and {experience.ReferenceLogProbs.Length} reference log-probabilities");
            }
        }
    }
}
