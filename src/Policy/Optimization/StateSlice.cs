using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>What a rank holds of one kind of state of one weight.</summary>
/// <param name="Name"><c>m.</c>, <c>v.</c> or <c>master.</c> before the weight's Hugging Face name.</param>
/// <param name="Shape">Shape of the whole weight.</param>
/// <param name="Start">The first element that is held, in the flattened weight.</param>
/// <param name="Flat">The elements from there on, in one dimension.</param>
internal sealed record StateSlice(string Name, long[] Shape, long Start, Tensor Flat)
{
    /// <summary>Number of elements of the whole weight.</summary>
    internal long WholeCount => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The elements, in the weight's shape where they are all of it.</summary>
    internal Tensor Values => Flat.numel() == WholeCount ? Flat.view(Shape) : Flat;
}
