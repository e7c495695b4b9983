using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Vision;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>
/// Runs prompts into a cache, a few at a time. Letters in names are axes: B prompts, T tokens, C hidden.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="cache">Receives keys and values.</param>
/// <param name="samplesPerPrompt">Consecutive rows of the cache that each prompt takes.</param>
internal sealed class PromptPass(CausalLM model, KvCache cache, int samplesPerPrompt)
{
    /// <summary>
    /// Tokens run at a time, padding included: the activations of more would leave the processor's cache.
    /// </summary>
    private const int TokensAtATime = 4096;

    /// <summary>
    /// Runs right-padded prompts (B, T); gives the final-norm states (B, C) of the last token of each.
    /// </summary>
    internal Tensor Run(Tensor idsBT, ReadOnlySpan<int> lengths, MediaInputs? media)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var firstRow = cache.Append(lengths, samplesPerPrompt);
        var pieces = new List<Tensor>();
        for (var start = 0; start < lengths.Length;)
        {
            var count = (int)Math.Clamp(TokensAtATime / idsBT.size(1), 1, lengths.Length - start);
            var ids = idsBT.narrow(0, start, count);
            var row = firstRow + (start * samplesPerPrompt);
            pieces.Add(RunPiece(ids, lengths.Slice(start, count), row, media?.Slice(start, count)));
            start += count;
        }

        return (pieces.Count == 1 ? pieces[0] : cat(pieces, 0)).MoveToOuterDisposeScope();
    }

    private Tensor RunPiece(Tensor idsBT, ReadOnlySpan<int> lengths, int firstRow, MediaInputs? media)
    {
        using var scope = NewDisposeScope();
        var tokens = 0;
        foreach (var length in lengths)
        {
            tokens = Math.Max(tokens, length);
        }

        var last = new long[lengths.Length];
        for (var row = 0; row < last.Length; row++)
        {
            last[row] = (row * tokens) + lengths[row] - 1;
        }

        var (x, pass) = model.Begin(
            idsBT.narrow(1, 0, tokens),
            null,
            media,
            deltas => cache.Shift(firstRow, samplesPerPrompt, deltas));
        var stream = model.Trunk.Forward(
            x,
            pass,
            (layer, keys, values) => cache.Store(layer, firstRow, samplesPerPrompt, keys, values));
        var places = tensor(last, dtype: ScalarType.Int64, device: model.Device);
        return model.Trunk.NormAt(stream, places).MoveToOuterDisposeScope();
    }
}
