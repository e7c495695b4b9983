using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// What the backward pass of a layer needs of its forward pass. What follows from these by a sum or a product of single
/// numbers (normed rows, the gated product) is computed again.
/// </summary>
/// <param name="Stream">The stream that came in.</param>
/// <param name="RawQueries">Queries before their norm; null where they have none.</param>
/// <param name="RawKeys">Keys before their norm; null where they have none.</param>
/// <param name="Queries">Rotated queries (B, T, H, D), a leaf of the attention's graph.</param>
/// <param name="Keys">Rotated keys (B, T, K, D), a leaf.</param>
/// <param name="Values">Values (B, T, K, D), a leaf.</param>
/// <param name="Attended">Attended values (B, T, H*D) with their graph.</param>
/// <param name="Middle">The stream after the attention.</param>
/// <param name="Gate">The gate before its activation function.</param>
/// <param name="Up">What is gated.</param>
internal sealed record LayerTape(
    Tensor Stream,
    Tensor? RawQueries,
    Tensor? RawKeys,
    Tensor Queries,
    Tensor Keys,
    Tensor Values,
    Tensor Attended,
    Tensor Middle,
    Tensor Gate,
    Tensor Up) : IDisposable
{
    /// <summary>All tensors but the stream, which whoever gave it owns.</summary>
    internal IEnumerable<Tensor> Own =>
        new[] { RawQueries, RawKeys, Queries, Keys, Values, Attended, Middle, Gate, Up }.OfType<Tensor>();

    public void Dispose()
    {
        foreach (var tensor in Own)
        {
            tensor.Dispose();
        }
    }
}
