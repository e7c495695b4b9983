using System.Collections.Immutable;
using System.Runtime.InteropServices;
using R1Reward.Policy.Models;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>Scores given replies under a model.</summary>
public static class ResponseLogProbs
{
    /// <summary>Natural log-probability of every target of every row, in float32; row order is kept.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">Prompts with their replies.</param>
    /// <param name="microBatchTokens">Most tokens of one forward pass, padding included.</param>
    public static IReadOnlyList<ImmutableArray<float>> Compute(CausalLM model, IReadOnlyList<TrainingRow> rows, int microBatchTokens) =>
        Compute(model, rows, microBatchTokens, (hiddenNC, targetsN) => TokenLogProbs.Compute(model, hiddenNC, targetsN));

    /// <summary>Entropy in nats of the distribution that each target was drawn from; otherwise as <see cref="Compute(CausalLM, IReadOnlyList{TrainingRow}, int)"/>.</summary>
    public static IReadOnlyList<ImmutableArray<float>> Entropies(CausalLM model, IReadOnlyList<TrainingRow> rows, int microBatchTokens) =>
        Compute(model, rows, microBatchTokens, (hiddenNC, targetsN) => TokenLogProbs.ComputeWithEntropies(model, hiddenNC, targetsN).select(0, 1));

    internal static ImmutableArray<float>[] Compute(CausalLM model, IReadOnlyList<TrainingRow> rows, int microBatchTokens, Func<Tensor, Tensor, Tensor> perTarget)
    {
        using var mode = no_grad();
        var results = new ImmutableArray<float>[rows.Count];
        foreach (var piece in MicroBatches.Plan([.. rows.Select(row => row.Tokens.Length)], microBatchTokens))
        {
            using var scope = NewDisposeScope();
            var tokens = TokenBatch.Of([.. piece.Select(index => rows[index])], model.Device);
            var computed = perTarget(model.HiddenAt(tokens.IdsBT, tokens.PlacesN, tokens.Vision), tokens.TargetsN).cpu().contiguous();
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(computed.bytes);
            foreach (var index in piece)
            {
                var count = rows[index].TargetCount;
                results[index] = [.. values[..count]];
                values = values[count..];
            }
        }

        return results;
    }
}
