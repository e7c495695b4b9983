using static TorchSharp.torch;

namespace R1Reward.Policy.Safetensors;

/// <summary>One tensor of a safetensors file, as the header describes it.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Dtype">The number format.</param>
/// <param name="Shape">The size of each dimension.</param>
/// <param name="Offset">The first byte, counted from the start of the file.</param>
/// <param name="Bytes">Number of bytes.</param>
public sealed record TensorEntry(string Name, ScalarType Dtype, long[] Shape, long Offset, long Bytes);
