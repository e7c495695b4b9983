using System.Collections.Immutable;
using System.Runtime.InteropServices;
using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// The policy update of reinforcement learning: passes over a rollout in shuffled train batches, one optimiser step
/// each. The loss of a batch is the mean over its responses of each one's mean over tokens. Differences from the
/// published loop: micro-batches are bounded by tokens and sorted by length instead of counted, and a last short train
/// batch is evened out over the others instead of dropped; both leave the gradient of a full batch as it is.
/// </summary>
public sealed class PolicyLearner
{
    private readonly CausalLM _model;
    private readonly CausalLM _reference;
    private readonly AdamW _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly IPolicyLoss _loss;
    private readonly PolicyLearnerOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Trains <paramref name="model"/> in place; the caller keeps and disposes models and optimiser.</summary>
    /// <param name="model">The policy.</param>
    /// <param name="reference">The frozen policy that the KL penalty refers to, such as <see cref="CausalLM.Clone"/> at the start.</param>
    /// <param name="optimizer">Holds the policy's gradients.</param>
    /// <param name="schedule">Rate per optimiser step.</param>
    /// <param name="loss">The surrogate.</param>
    /// <param name="options">Batch sizes and seed.</param>
    /// <param name="time">Clock of the metrics.</param>
    public PolicyLearner(
        CausalLM model, CausalLM reference, AdamW optimizer, LearningRateSchedule schedule, IPolicyLoss loss, PolicyLearnerOptions options, TimeProvider? time = null)
    {
        (_model, _reference, _optimizer, _schedule) = (model, reference, optimizer, schedule);
        (_loss, _options, _time) = (loss, options, time ?? TimeProvider.System);
    }

    /// <summary>Updates made or restored; part of the seed of the order, so set it when a run resumes.</summary>
    public long UpdateCount { get; set; }

    /// <summary>
    /// Log-probabilities of each trace's response tokens under the reference, in the order of the traces.
    /// <paramref name="media"/> holds the pictures and videos of each; null where all is text.
    /// </summary>
    public IReadOnlyList<ImmutableArray<float>> ReferenceLogProbs(IReadOnlyList<Trace> traces, IReadOnlyList<IReadOnlyList<MediaPatches>>? media = null) =>
        ResponseLogProbs.Compute(_reference, Rows(traces, media), _options.MicroBatchTokens);

    /// <summary>Log-probabilities of each trace's response tokens under the policy as it is now.</summary>
    public IReadOnlyList<ImmutableArray<float>> PolicyLogProbs(IReadOnlyList<Trace> traces, IReadOnlyList<IReadOnlyList<MediaPatches>>? media = null) =>
        ResponseLogProbs.Compute(_model, Rows(traces, media), _options.MicroBatchTokens);

    /// <summary>One update on a rollout.</summary>
    /// <exception cref="InvalidOperationException">Lengths disagree, or loss or gradient is not finite; the message has the numbers.</exception>
    public PolicyMetrics Update(IReadOnlyList<Experience> rollout)
    {
        Check(rollout);
        var start = _time.GetTimestamp();
        var statistics = new RatioStatistics(_loss);
        double losses = 0, norms = 0, rate = 0;
        var steps = 0;
        for (var pass = 0; pass < _options.Passes; pass++)
        {
            var order = Enumerable.Range(0, rollout.Count).ToArray();
            CounterRandom.For(_options.Seed, "policy-update", UpdateCount, pass).Shuffle(order);
            foreach (var batch in TrainBatches(order))
            {
                rate = _schedule.At(_optimizer.StepCount);
                losses += Accumulate([.. batch.Select(index => rollout[index])], statistics);
                norms += _optimizer.Step(rate);
                steps++;
            }
        }

        UpdateCount++;
        return new PolicyMetrics
        {
            Steps = steps,
            Loss = losses / steps,
            GradientNorm = norms / steps,
            LearningRate = rate,
            Tokens = statistics.Tokens,
            MeanRatio = statistics.MeanRatio,
            LargestRatio = statistics.LargestRatio,
            LargestLogRatio = statistics.LargestLogRatio,
            ClipShare = statistics.ClipShare,
            PreClipShare = statistics.PreClipShare,
            DriftKl = statistics.DriftKl,
            Entropy = statistics.Entropy,
            Elapsed = _time.GetElapsedTime(start),
        };
    }

    private static TrainingRow[] Rows(IReadOnlyList<Trace> traces, IReadOnlyList<IReadOnlyList<MediaPatches>>? media) =>
        [.. traces.Select((trace, i) => TrainingRow.Reply(trace.PromptTokens.AsSpan(), trace.Tokens.AsSpan(), media?[i]))];

    private static void Check(IReadOnlyList<Experience> rollout)
    {
        if (rollout.Count == 0)
        {
            throw new InvalidOperationException("a policy update needs at least one response");
        }

        foreach (var one in rollout)
        {
            var tokens = one.ResponseTokens.Length;
            if (one.PromptTokens.IsEmpty || tokens == 0 || one.OldLogProbs.Length != tokens || one.Advantages.Length != tokens)
            {
                throw new InvalidOperationException(
                    $"a response of {tokens} tokens after {one.PromptTokens.Length} prompt tokens has {one.OldLogProbs.Length} log-probabilities and {one.Advantages.Length} advantages");
            }
        }
    }

    private IEnumerable<int[]> TrainBatches(int[] order)
    {
        var count = (order.Length + _options.TrainBatchSize - 1) / _options.TrainBatchSize;
        return Enumerable.Range(0, count).Select(i => order[(i * order.Length / count)..((i + 1) * order.Length / count)]);
    }

    private double Accumulate(IReadOnlyList<Experience> batch, RatioStatistics statistics)
    {
        var total = 0.0;
        var rows = batch.Select(one => one.Row).ToList();
        foreach (var piece in MicroBatches.Plan([.. rows.Select(row => row.Tokens.Length)], _options.MicroBatchTokens))
        {
            using var scope = NewDisposeScope();
            var tokens = TokenBatch.Of([.. piece.Select(index => rows[index])], _model.Device);
            var old = piece.SelectMany(index => batch[index].OldLogProbs).ToArray();
            var advantages = piece.SelectMany(index => batch[index].Advantages).ToArray();
            var weights = piece.SelectMany(index => Enumerable.Repeat(1f / (batch[index].ResponseTokens.Length * batch.Count), batch[index].ResponseTokens.Length)).ToArray();
            Tensor Made(float[] values) => tensor(values, dtype: ScalarType.Float32, device: _model.Device);
            var (oldN, advantagesN, weightsN) = (Made(old), Made(advantages), Made(weights));
            float[] seen = [];
            var loss = TokenLogProbs.Backward(_model, _model.HiddenAt(tokens.IdsBT, tokens.PlacesN, tokens.Vision), tokens.TargetsN, logProbsN =>
            {
                seen = MemoryMarshal.Cast<byte, float>(logProbsN.detach().cpu().contiguous().bytes).ToArray();
                return (_loss.PerToken(logProbsN, oldN, advantagesN) * weightsN).sum();
            }).ToDouble();
            statistics.Add(seen, old, advantages);
            if (!double.IsFinite(loss))
            {
                throw new InvalidOperationException(
                    $"policy loss is {loss} at optimiser step {_optimizer.StepCount + 1}: {old.Length} tokens, largest log-ratio {statistics.LargestLogRatio:g4}, largest advantage {advantages.Max(Math.Abs):g4}");
            }

            total += loss;
            _optimizer.Accumulate();
        }

        return total;
    }
}
