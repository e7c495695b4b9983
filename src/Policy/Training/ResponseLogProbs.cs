using System.Collections.Immutable;
using System.Runtime.InteropServices;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// What a model says of replies that are there already, token by token, without gradient. Several ranks compute a share
/// each, and all have the whole.
/// </summary>
public static class ResponseLogProbs
{
    /// <summary>
    /// Natural log-probability of every target of every row, in float32; row order is kept. Of a model that is
    /// <see cref="CausalLM.IsBatchInvariant"/> they are those of the sampler to the last bit.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">Prompts with their replies.</param>
    /// <param name="microBatchTokens">Maximum tokens of one forward pass, padding included.</param>
    /// <param name="onMicroBatch">Called after each forward pass; null: not.</param>
    /// <param name="ranks">Who has the same model and rows; null: nobody else.</param>
    public static IReadOnlyList<ImmutableArray<float>> Compute(
        CausalLM model,
        IReadOnlyList<TrainingRow> rows,
        int microBatchTokens,
        Action? onMicroBatch = null,
        ICollective? ranks = null)
    {
        if (model.IsBatchInvariant)
        {
            return KernelLogProbs.Compute(model, rows, onMicroBatch);
        }

        Tensor PerTarget(Tensor hiddenNC, Tensor targetsN) => TokenLogProbs.Compute(model, hiddenNC, targetsN);
        return Compute(model, rows, microBatchTokens, PerTarget, onMicroBatch, ranks);
    }

    /// <summary>
    /// Entropy in nats of the distribution that each target was drawn from; otherwise as
    /// <see cref="Compute(CausalLM, IReadOnlyList{TrainingRow}, int, Action?, ICollective?)"/>.
    /// </summary>
    public static IReadOnlyList<ImmutableArray<float>> Entropies(
        CausalLM model, IReadOnlyList<TrainingRow> rows, int microBatchTokens, ICollective? ranks = null)
    {
        Tensor PerTarget(Tensor hiddenNC, Tensor targetsN) =>
            TokenLogProbs.ComputeWithEntropies(model, hiddenNC, targetsN).select(0, 1);
        return Compute(model, rows, microBatchTokens, PerTarget, ranks: ranks);
    }

    /// <summary>One number per target of each row, in the order of the rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">Prompts with their replies.</param>
    /// <param name="microBatchTokens">Maximum tokens of one forward pass, padding included.</param>
    /// <param name="perTarget">From final-norm states (N, C) and target ids (N) to numbers (N).</param>
    /// <param name="onMicroBatch">Called after each forward pass; null: not.</param>
    /// <param name="ranks">Who has the same model and rows; null: nobody else.</param>
    internal static IReadOnlyList<ImmutableArray<float>> Compute(
        CausalLM model,
        IReadOnlyList<TrainingRow> rows,
        int microBatchTokens,
        Func<Tensor, Tensor, Tensor> perTarget,
        Action? onMicroBatch = null,
        ICollective? ranks = null)
    {
        using var mode = no_grad();
        ranks ??= OneRank.Alone;
        var results = new float[rows.Count][];
        var pieces = MicroBatches.Plan([.. rows.Select(row => row.Tokens.Length)], microBatchTokens, ranks);
        foreach (var piece in model.Parameters.InPasses(pieces))
        {
            using var scope = NewDisposeScope();
            var tokens = TokenBatch.From([.. piece.Select(index => rows[index])], model.Device);
            var hiddenNC = model.HiddenAt(tokens.IdsBT, tokens.PlacesN, tokens.Media);
            var computedN = perTarget(hiddenNC, tokens.TargetsN).cpu().contiguous();
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(computedN.bytes);
            foreach (var index in piece)
            {
                var count = rows[index].TargetCount;
                results[index] = values[..count].ToArray();
                values = values[count..];
            }

            onMicroBatch?.Invoke();
        }

        return Shared(results, rows, ranks);
    }

    private static ImmutableArray<float>[] Shared(
        float[]?[] own, IReadOnlyList<TrainingRow> rows, ICollective ranks)
    {
        float[] all = [.. own.SelectMany((row, i) => row ?? new float[rows[i].TargetCount])];
        ranks.FillIn(all);
        var start = 0;
        return [.. rows.Select(row =>
        {
            var values = ImmutableArray.Create(all, start, row.TargetCount);
            start += values.Length;
            return values;
        })];
    }
}
