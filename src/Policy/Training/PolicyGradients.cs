using System.Collections.Immutable;
using System.Runtime.InteropServices;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using TorchSharp;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// The gradients of a train batch, piece by piece, summed in the optimiser over all ranks. Each rank has the pieces of
/// its share of the responses; what the loss divides by is that of the whole batch. No step is taken here.
/// </summary>
internal sealed class PolicyGradients(
    CausalLM model, AdamW optimizer, PolicyObjective objective, PolicyLearnerOptions options)
{
    /// <summary>Adds up the gradients of a batch.</summary>
    /// <param name="responses">The train batch.</param>
    /// <param name="klCoefficient">Weight of the divergence in the loss.</param>
    /// <param name="statistics">Takes in the batch's ratios.</param>
    /// <returns>The loss of the batch.</returns>
    /// <exception cref="InvalidOperationException">The loss is not finite and such steps are not skipped.</exception>
    internal double Backward(Experience[] responses, double klCoefficient, RatioStatistics statistics)
    {
        var entropies = objective.EntropyFilter == EntropyRule.None
            ? null
            : ResponseLogProbs.Entropies(
                model, [.. responses.Select(response => response.Row)], options.MicroBatchTokens, optimizer.Ranks);
        var batch = new PolicyBatch(responses, objective, options.MaxResponseTokens, entropies);
        var total = 0.0;
        int[] lengths = [.. responses.Select(response => response.Row.Tokens.Length)];
        var pieces = MicroBatches.Plan(lengths, options.MicroBatchTokens, optimizer.Ranks);
        using var exchange = optimizer.Exchange(pieces.Count);
        foreach (var piece in pieces)
        {
            total += Backward(batch, piece, klCoefficient, statistics, exchange.BeginMicroBatch());
            exchange.EndMicroBatch();
            options.OnMicroBatch?.Invoke();
        }

        optimizer.Combine(exchange);
        total = optimizer.Ranks.Sum(total);
        if (!double.IsFinite(total) && !options.SkipNonFinite)
        {
            throw new InvalidOperationException(
                $"policy loss is {total} at optimiser step {optimizer.StepCount + 1}: {batch.Tokens} tokens, "
                + $"largest log-ratio {statistics.LargestLogRatio:g4}, "
                + $"largest advantage {responses.Max(response => response.Advantages.Max(Math.Abs)):g4}");
        }

        return total;
    }

    private double Backward(
        PolicyBatch batch,
        int[] piece,
        double klCoefficient,
        RatioStatistics statistics,
        Action<int>? complete)
    {
        using var scope = NewDisposeScope();
        Experience[] responses = [.. piece.Select(index => batch.Responses[index])];
        var tokens = TokenBatch.From([.. responses.Select(response => response.Row)], model.Device);
        var rows = new ResponseRows([.. responses.Select(response => response.Length)], model.Device);
        float[] seen = [];
        Tensor Loss(Tensor logProbsN, Tensor? entropiesN)
        {
            TakeSampled(logProbsN, responses);
            seen = MemoryMarshal.Cast<byte, float>(logProbsN.detach().cpu().contiguous().bytes).ToArray();
            var given = Padded(batch, piece, responses, rows, logProbsN, entropiesN);
            var weightsBT = rows.Pad(row => batch.Weights(piece[row]));
            return objective.Compute(given, weightsBT, batch.Tokens, klCoefficient);
        }

        model.Adapter?.BeginDropout(optimizer.StepCount, piece);
        var pass = new TrainingPass(model, tokens, options.GradientCheckpointing, complete);
        var loss = objective.NeedsEntropies
            ? TokenLogProbs.BackwardWithEntropies(
                model, pass.HiddenNC, tokens.TargetsN, both => Loss(both.select(0, 0), both.select(0, 1)))
            : TokenLogProbs.Backward(model, pass.HiddenNC, tokens.TargetsN, logProbsN => Loss(logProbsN, null));
        pass.FinishBackward();
        model.Adapter?.EndDropout();
        var next = 0;
        foreach (var response in responses)
        {
            var logProbs = seen.AsSpan(next, response.Length);
            statistics.Add(logProbs, response.OldLogProbs.AsSpan(), response.Advantages.AsSpan());
            next += response.Length;
        }

        return loss.Value();
    }

    /// <summary>
    /// Where it has to be exact, replaces the values of log-probabilities by those that the sampler would compute under
    /// the weights of now. Their gradients stay those of the pass that is trained with.
    /// </summary>
    private void TakeSampled(Tensor logProbsN, Experience[] responses)
    {
        if (!model.IsBatchInvariant)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var sampled = ResponseLogProbs.Compute(
            model, [.. responses.Select(response => response.Row)], options.MicroBatchTokens, options.OnMicroBatch);
        logProbsN.copy_(tensor([.. sampled.SelectMany(row => row)], dtype: ScalarType.Float32, device: CPU));
    }

    /// <summary>The responses of a piece as a loss reads them.</summary>
    private PolicyTokens Padded(
        PolicyBatch batch,
        int[] piece,
        Experience[] responses,
        ResponseRows rows,
        Tensor logProbsN,
        Tensor? entropiesN)
    {
        Tensor Pad(Func<Experience, ImmutableArray<float>> values) =>
            rows.Pad(row => values(responses[row]).AsMemory());
        return new PolicyTokens(
            rows.Pad(logProbsN),
            Pad(response => response.OldLogProbs),
            Pad(response => response.Advantages),
            rows.Pad(row => batch.Mask(piece[row])))
        {
            ReferenceLogProbs = objective.NeedsReference ? Pad(response => response.ReferenceLogProbs) : null,
            Entropies = entropiesN is null ? null : rows.Pad(entropiesN),
            Learned = batch.Learned(piece[0]) is null ? null : rows.Pad(row => batch.Learned(piece[row])!),
        };
    }
}
