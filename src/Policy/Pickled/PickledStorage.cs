using static TorchSharp.torch;

namespace R1Reward.Policy.Pickled;

/// <summary>A run of numbers in a file that PyTorch has written.</summary>
/// <param name="Key">Name of its part of the archive.</param>
/// <param name="Dtype">The number format.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record PickledStorage(string Key, ScalarType Dtype, long Count);
