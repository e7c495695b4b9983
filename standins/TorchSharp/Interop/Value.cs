using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// One operator argument on the managed side. It holds the tensor, so nothing is finalised while native code runs.
/// A null of any kind is the schema's None; <see cref="Default"/> takes the schema's default.
/// </summary>
internal readonly struct Value
{
    internal readonly object? Object;
    internal readonly long Bits;
    internal readonly Tag Tag;

    private Value(Tag tag, long bits, object? value = null) => (Tag, Bits, Object) = (tag, bits, value);

    internal static Value Default => default;

    internal static Value None => new(Tag.None, 0);

    /// <summary>An integer list of one element, without an array.</summary>
    internal static Value List(long single) => new(Tag.Ints, single);

    internal static Value List(ReadOnlySpan<long> values) => values.ToArray();

    internal static Value Optional(Tensor?[] tensors) => new(Tag.OptionalTensors, 0, tensors);

    public static implicit operator Value(Tensor? tensor) => tensor is null ? None : new(Tag.Tensor, 0, tensor);

    public static implicit operator Value(Tensor[] tensors) => new(Tag.Tensors, 0, tensors);

    public static implicit operator Value(long[]? values) => values is null ? None : new(Tag.Ints, 0, values);

    public static implicit operator Value(double[]? values) => values is null ? None : new(Tag.Doubles, 0, values);

    public static implicit operator Value(long value) => new(Tag.Int, value);

    public static implicit operator Value(long? value) => value is null ? None : new(Tag.Int, value.Value);

    public static implicit operator Value(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Value(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Value(bool? value) => value is null ? None : value.Value;

    public static implicit operator Value(string? text) => text is null ? None : new(Tag.String, 0, text);

    public static implicit operator Value(Scalar? scalar) => scalar is null ? None : new(scalar.Tag, scalar.Bits);

    public static implicit operator Value(ScalarType? type) => type is null ? None : new(Tag.Int, (long)type.Value);

    public static implicit operator Value(Device? device) => device is null ? None : new(Tag.Device, device.Packed);

    public static implicit operator Value(Generator? generator) =>
        generator is null ? None : new(Tag.Generator, 0, generator);
}
