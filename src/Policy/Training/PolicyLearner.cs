using System.Collections.Immutable;
using System.Runtime.InteropServices;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// The policy update of reinforcement learning: passes over a rollout in shuffled train batches, one optimiser step
/// each. The loss of a batch is the one of all its responses, however it is cut into micro-batches. Differences from the
/// published loop: micro-batches are bounded by tokens and sorted by length instead of counted, and a last short train
/// batch is evened out over the others instead of dropped; both leave the gradient of a full batch as it is.
/// </summary>
public sealed class PolicyLearner
{
    private readonly CausalLM _model;
    private readonly CausalLM _reference;
    private readonly AdamW _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly PolicyObjective _objective;
    private readonly PolicyLearnerOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Trains <paramref name="model"/> in place; the caller keeps and disposes models and optimiser.</summary>
    /// <param name="model">The policy.</param>
    /// <param name="reference">The frozen policy that the KL penalty refers to, such as <see cref="CausalLM.Clone"/> at the start.</param>
    /// <param name="optimizer">Holds the policy's gradients.</param>
    /// <param name="schedule">Rate per optimiser step.</param>
    /// <param name="objective">The loss and what is added to it.</param>
    /// <param name="options">Batch sizes and seed.</param>
    /// <param name="time">Clock of the metrics.</param>
    public PolicyLearner(
        CausalLM model, CausalLM reference, AdamW optimizer, LearningRateSchedule schedule, PolicyObjective objective, PolicyLearnerOptions options, TimeProvider? time = null)
    {
        (_model, _reference, _optimizer, _schedule) = (model, reference, optimizer, schedule);
        (_objective, _options, _time) = (objective, options, time ?? TimeProvider.System);
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
    /// <param name="rollout">The responses; without any, nothing is learned and no step is made.</param>
    /// <param name="klCoefficient">Weight of the divergence in the loss; not used where the loss holds none.</param>
    /// <exception cref="InvalidOperationException">Lengths disagree, or loss or gradient is not finite; the message has the numbers.</exception>
    public PolicyMetrics Update(IReadOnlyList<Experience> rollout, double klCoefficient = 0)
    {
        Check(rollout);
        var start = _time.GetTimestamp();
        var statistics = new RatioStatistics(_objective.Loss);
        var (losses, norms) = (new List<double>(), new List<double>());
        var (rate, nonFinite) = (0.0, 0);
        for (var pass = 0; pass < _options.Passes; pass++)
        {
            var order = Enumerable.Range(0, rollout.Count).ToArray();
            CounterRandom.For(_options.Seed, "policy-update", UpdateCount, pass).Shuffle(order);
            foreach (var indices in TrainBatches(order))
            {
                rate = _schedule.At(_optimizer.StepCount);
                var loss = Accumulate([.. indices.Select(index => rollout[index])], klCoefficient, statistics);
                if (_options.SkipNonFinite && !(double.IsFinite(loss) && double.IsFinite(_optimizer.GradientNorm())))
                {
                    _optimizer.ZeroGradients();
                    nonFinite++;
                    continue;
                }

                losses.Add(loss);
                norms.Add(_optimizer.Step(rate));
            }
        }

        UpdateCount++;
        return new PolicyMetrics
        {
            Steps = losses.Count,
            Loss = losses.DefaultIfEmpty().Average(),
            LargestLoss = losses.DefaultIfEmpty().Max(Math.Abs),
            GradientNorm = norms.DefaultIfEmpty().Average(),
            LargestGradientNorm = norms.DefaultIfEmpty().Max(),
            NonFiniteSteps = nonFinite,
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

    private void Check(IReadOnlyList<Experience> rollout)
    {
        foreach (var one in rollout)
        {
            var tokens = one.ResponseTokens.Length;
            if (one.PromptTokens.IsEmpty || tokens == 0 || one.OldLogProbs.Length != tokens || one.Advantages.Length != tokens
                || (_objective.NeedsReference && one.ReferenceLogProbs.Length != tokens))
            {
                throw new InvalidOperationException(
                    $"a response of {tokens} tokens after {one.PromptTokens.Length} prompt tokens has {one.OldLogProbs.Length} log-probabilities, {one.Advantages.Length} advantages and {one.ReferenceLogProbs.Length} reference log-probabilities");
            }
        }
    }

    private IEnumerable<int[]> TrainBatches(int[] order)
    {
        var count = (order.Length + _options.TrainBatchSize - 1) / _options.TrainBatchSize;
        return Enumerable.Range(0, count).Select(i => order[(i * order.Length / count)..((i + 1) * order.Length / count)]);
    }

    private double Accumulate(IReadOnlyList<Experience> responses, double klCoefficient, RatioStatistics statistics)
    {
        var entropies = _objective.EntropyFilter == EntropyRule.None
            ? null
            : ResponseLogProbs.Entropies(_model, [.. responses.Select(one => one.Row)], _options.MicroBatchTokens);
        var batch = new PolicyBatch(responses, _objective, _options.MaxResponseTokens, entropies);
        var total = 0.0;
        foreach (var piece in MicroBatches.Plan([.. batch.Rows.Select(row => row.Tokens.Length)], _options.MicroBatchTokens))
        {
            var loss = Backward(batch, piece, klCoefficient, statistics);
            if (!double.IsFinite(loss) && !_options.SkipNonFinite)
            {
                throw new InvalidOperationException(
                    $"policy loss is {loss} at optimiser step {_optimizer.StepCount + 1}: {batch.Tokens} tokens, largest log-ratio {statistics.LargestLogRatio:g4}, largest advantage {responses.Max(one => one.Advantages.Max(Math.Abs)):g4}");
            }

            total += loss;
            _optimizer.Accumulate();
        }

        return total;
    }

    private double Backward(PolicyBatch batch, int[] piece, double klCoefficient, RatioStatistics statistics)
    {
        using var scope = NewDisposeScope();
        var tokens = TokenBatch.Of([.. piece.Select(index => batch.Rows[index])], _model.Device);
        var rows = new ResponseRows([.. piece.Select(index => batch.Responses[index].ResponseTokens.Length)], _model.Device);
        Tensor Of(Func<Experience, ImmutableArray<float>> values) => rows.Of(row => values(batch.Responses[piece[row]]).AsMemory());
        float[] seen = [];
        Tensor Loss(Tensor logProbsN, Tensor? entropiesN)
        {
            seen = MemoryMarshal.Cast<byte, float>(logProbsN.detach().cpu().contiguous().bytes).ToArray();
            var given = new PolicyTokens(rows.Pad(logProbsN), Of(one => one.OldLogProbs), Of(one => one.Advantages), rows.Of(row => batch.Mask(piece[row])))
            {
                ReferenceLogProbs = _objective.NeedsReference ? Of(one => one.ReferenceLogProbs) : null,
                Entropies = entropiesN is null ? null : rows.Pad(entropiesN),
                Learned = batch.Learned(piece[0]) is null ? null : rows.Of(row => batch.Learned(piece[row])!),
            };
            return _objective.Compute(given, rows.Of(row => batch.Weights(piece[row])), batch.Tokens, klCoefficient);
        }

        _model.Adapter?.DropAnew(_optimizer.StepCount, piece[0]);
        var pass = new TrainingPass(_model, tokens, _options.GradientCheckpointing);
        var loss = _objective.NeedsEntropies
            ? TokenLogProbs.BackwardWithEntropies(_model, pass.HiddenNC, tokens.TargetsN, both => Loss(both.select(0, 0), both.select(0, 1)))
            : TokenLogProbs.Backward(_model, pass.HiddenNC, tokens.TargetsN, logProbsN => Loss(logProbsN, null));
        pass.FinishBackward();
        _model.Adapter?.DropNothing();
        var next = 0;
        foreach (var response in piece.Select(index => batch.Responses[index]))
        {
            var count = response.ResponseTokens.Length;
            statistics.Add(seen.AsSpan(next, count), response.OldLogProbs.AsSpan(), response.Advantages.AsSpan());
            next += count;
        }

        return loss.ToDouble();
    }
}
