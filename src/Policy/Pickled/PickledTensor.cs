namespace R1Reward.Policy.Pickled;

/// <summary>A tensor of a file that PyTorch has written: a view of a storage.</summary>
/// <param name="Storage">Where its numbers lie.</param>
/// <param name="Offset">The first element.</param>
/// <param name="Shape">The size of each dimension.</param>
/// <param name="Strides">Elements from one index to the next, for each dimension.</param>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>The last element of the storage that the tensor reads, plus one; 0 for an empty tensor.</summary>
    /// <exception cref="OverflowException">No storage is so long.</exception>
    internal long End => Shape.Contains(0)
        ? 0
        : checked(Offset + 1 + Shape.Zip(Strides, (size, step) => checked((size - 1) * step)).Sum());

    /// <summary>Whether the numbers lie row by row, without gaps.</summary>
    internal bool IsContiguous
    {
        get
        {
            var step = 1L;
            for (var i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != step)
                {
                    return false;
                }

                step *= Shape[i];
            }

            return true;
        }
    }
}
