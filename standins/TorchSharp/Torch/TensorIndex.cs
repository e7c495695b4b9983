namespace TorchSharp;

public static partial class torch
{
    /// <summary>One index of a tensor: a number, a slice, a mask or index tensor, a new axis, or "all the rest".</summary>
    public struct TensorIndex
    {
        internal enum IndexKind
        {
            NewAxis,
            Single,
            Ellipsis,
            Tensor,
            Slice,
        }

        internal IndexKind Kind;
        internal long? Start;
        internal long? Stop;
        internal long? Step;
        internal Tensor? Indices;

        public static TensorIndex Ellipsis = new() { Kind = IndexKind.Ellipsis };

        public static TensorIndex None = new() { Kind = IndexKind.NewAxis };

        public static TensorIndex Null = None;

        public static TensorIndex Colon = Slice();

        /// <summary>How many dimensions of the indexed tensor it takes: a bool tensor as many as it has.</summary>
        internal readonly int Consumes => Kind switch
        {
            IndexKind.Single or IndexKind.Slice => 1,
            IndexKind.Tensor => Indices!.dtype is ScalarType.Bool or ScalarType.Byte ? (int)Indices.Dimensions : 1,
            _ => 0,
        };

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Kind = IndexKind.Slice, Start = start, Stop = stop, Step = step };

        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end);

        // A start of ^0 becomes 0 and an end of ^0 the end, as in the official package.
        public static TensorIndex Slice(Range range) => Slice(
            Signed(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : Signed(range.End));

        public static TensorIndex Single(long? index) => new() { Kind = IndexKind.Single, Start = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { Kind = IndexKind.Tensor, Indices = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(Signed(index));

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        // Never runs: its presence lets overload resolution prefer indices of this type to tensors.
        public static implicit operator Tensor(TensorIndex value) => throw new InvalidOperationException("Should not be called.");

        private static long Signed(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
