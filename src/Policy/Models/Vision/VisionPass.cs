using R1Reward.Policy.Models.Layers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>What the blocks of a vision tower share while they run over one batch of patches.</summary>
/// <param name="Angles">Cosines and signed sines (P, 1, D).</param>
/// <param name="Frames">Attention within whole frames.</param>
/// <param name="Windows">Attention within windows; the same as <paramref name="Frames"/> where there are none.</param>
internal sealed record VisionPass((Tensor Cos, Tensor Sin) Angles, SegmentAttention Frames, SegmentAttention Windows);
