using static TorchSharp.torch;

namespace R1Reward.Policy.Safetensors;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">Its number format.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Offset">First byte, from the start of the file.</param>
/// <param name="Bytes">Number of bytes.</param>
public sealed record TensorEntry(string Name, ScalarType Dtype, long[] Shape, long Offset, long Bytes);
