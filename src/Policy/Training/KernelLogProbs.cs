using System.Collections.Immutable;
using System.Runtime.InteropServices;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Kernels;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Log-probabilities of replies as the sampler computes them, to the last bit: token by token of one sequence, by the
/// kernels of decoding. For a model that <see cref="CausalLM.IsBatchInvariant"/>.
/// </summary>
internal static class KernelLogProbs
{
    /// <summary>Natural log-probability of every target of every row; row order is kept.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">Prompts with their replies, no media; what neighbours begin with is computed once.</param>
    /// <param name="onRow">Called after each row; null: not.</param>
    internal static IReadOnlyList<ImmutableArray<float>> Compute(
        CausalLM model, IReadOnlyList<TrainingRow> rows, Action? onRow)
    {
        using var sequence = new PromptRow(model);
        var weights = new float[model.Config.VocabularySize];
        var results = new ImmutableArray<float>[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            results[i] = Compute(model, rows[i], sequence, weights);
            onRow?.Invoke();
        }

        return results;
    }

    private static ImmutableArray<float> Compute(CausalLM model, TrainingRow row, PromptRow sequence, float[] weights)
    {
        var found = ImmutableArray.CreateBuilder<float>();
        var tokens = row.Tokens.AsSpan()[..^1];
        var first = row.Targets.IndexOf(true, 1) - 1;
        if (first < 0)
        {
            return [];
        }

        sequence.Begin(tokens, first);
        while (sequence.Missing > 0)
        {
            using var scope = NewDisposeScope();
            using var mode = inference_mode();
            var place = tokens.Length - sequence.Missing;
            var statesTC = sequence.GoOn(sequence.Missing);
            var count = (int)statesTC.size(0);
            var skipped = Math.Clamp(first - place, 0, count);
            if (skipped == count)
            {
                continue;
            }

            var logitsTV = model.Logits(statesTC.narrow(0, skipped, count - skipped));
            var logits = MemoryMarshal.Cast<byte, float>(logitsTV.bytes);
            for (var t = place + skipped; t < place + count; t++, logits = logits[weights.Length..])
            {
                if (row.Targets[t + 1])
                {
                    found.Add(LogProb(logits[..weights.Length], row.Tokens[t + 1], weights));
                }
            }
        }

        return found.ToImmutable();
    }

    private static float LogProb(ReadOnlySpan<float> logits, int token, float[] weights)
    {
        var max = LogitWeights.Max(logits);
        return LogitWeights.LogProb(logits[token], max, LogitWeights.Fill(weights, logits, max, 1));
    }
}
