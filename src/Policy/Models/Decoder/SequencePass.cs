using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>What all layers of one pass over whole sequences share.</summary>
/// <param name="Angles">Cosines and signed sines per token, broadcast over (B, T, H, D).</param>
/// <param name="Mask">Which keys each token sees.</param>
internal readonly record struct SequencePass((Tensor Cos, Tensor Sin) Angles, AttentionMask Mask);
