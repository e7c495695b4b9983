using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>What all layers of one pass over whole sequences share.</summary>
/// <param name="Angles">Cosines and signed sines per token, broadcast over (B, T, H, D).</param>
/// <param name="Mask">Which keys each token sees.</param>
/// <param name="Before">
/// Keys and values (1, T, K, D) of each layer of tokens that all sequences begin with; null where they begin here.
/// </param>
/// <param name="Deep">What is added to the outputs of the first layers; null for nothing.</param>
internal readonly record struct SequencePass(
    (Tensor Cos, Tensor Sin) Angles,
    AttentionMask Mask,
    IReadOnlyList<(Tensor Keys, Tensor Values)>? Before = null,
    DeepStack? Deep = null);
