namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// What of a product is computed at a time: some columns, and some of the products that are added up.
/// </summary>
/// <param name="left">The matrix whose rows are multiplied, from the first of the products on.</param>
/// <param name="packed">The other one's columns in bands.</param>
/// <param name="result">Where the first row of these columns goes.</param>
/// <param name="stride">Numbers from one row of the result to the next.</param>
/// <param name="columns">How many columns.</param>
/// <param name="depth">How many products are added up.</param>
/// <param name="add">Whether they are added to what the result holds.</param>
internal readonly unsafe struct ProductBlock(
    Strided left, float* packed, float* result, int stride, int columns, int depth, bool add)
{
    internal Strided Left { get; } = left;

    internal float* Packed { get; } = packed;

    internal float* Result { get; } = result;

    internal int Stride { get; } = stride;

    internal int Columns { get; } = columns;

    internal int Depth { get; } = depth;

    internal bool Add { get; } = add;
}
