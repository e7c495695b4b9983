using static TorchSharp.torch;

namespace R1Reward.Policy.Pickled;

/// <summary>
/// The few Python functions that a checkpoint needs, done here. Nothing of Python is ever called: a name that is not in
/// this list ends the reading.
/// </summary>
internal static class PickleCalls
{
    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";
    private const string RebuildParameter = "torch._utils._rebuild_parameter";
    private const string OrderedDictionary = "collections.OrderedDict";
    private const string Size = "torch.Size";

    private static readonly Dictionary<string, ScalarType> _storages = new()
    {
        ["torch.FloatStorage"] = ScalarType.Float32,
        ["torch.HalfStorage"] = ScalarType.Float16,
        ["torch.BFloat16Storage"] = ScalarType.BFloat16,
        ["torch.DoubleStorage"] = ScalarType.Float64,
        ["torch.LongStorage"] = ScalarType.Int64,
        ["torch.IntStorage"] = ScalarType.Int32,
        ["torch.ByteStorage"] = ScalarType.Byte,
        ["torch.BoolStorage"] = ScalarType.Bool,
    };

    /// <summary>A function or storage type by its full name, as it lies on the stack.</summary>
    /// <exception cref="PickleException">The name is not one of a checkpoint.</exception>
    internal static object Find(string name)
    {
        if (_storages.TryGetValue(name, out var dtype))
        {
            return dtype;
        }

        return name is RebuildTensor or RebuildParameter or OrderedDictionary or Size
            ? new PickledName(name)
            : throw new PickleException($"calls {name}, which rebuilds no tensor, and is refused");
    }

    /// <summary>Does what a function would.</summary>
    /// <exception cref="PickleException">The arguments are not those of the function.</exception>
    internal static object? Call(object? function, object? arguments) => (function, arguments) switch
    {
        (PickledName { Name: OrderedDictionary }, object?[] { Length: 0 }) => new Dictionary<string, object?>(),
        (PickledName { Name: RebuildTensor }, object?[] and [PickledStorage storage, long first, _, _, ..] all) =>
            Tensor(storage, first, Longs(all[2]), Longs(all[3])),
        (PickledName { Name: RebuildParameter }, object?[] and [PickledTensor inner, ..]) => inner,
        (PickledName { Name: Size }, object?[] and [object?[] sizes]) => sizes,
        _ => throw new PickleException("calls a function with arguments that it does not take"),
    };

    /// <summary>The storage that a persistent id names.</summary>
    /// <exception cref="PickleException">It names none.</exception>
    internal static PickledStorage Storage(object? id) =>
        id is object?[] and ["storage", ScalarType dtype, string key, _, long count] && count >= 0
            ? new PickledStorage(key, dtype, count)
            : throw new PickleException("names data that is no storage");

    private static PickledTensor Tensor(PickledStorage storage, long first, long[] shape, long[] strides)
    {
        var tensor = new PickledTensor(storage, first, shape, strides);

        // Steps of 0 would make a tensor of any size from one number; in double the product cannot wrap.
        var isWithin = shape.Length == strides.Length && first >= 0 && shape.All(size => size >= 0)
            && shape.Aggregate(1.0, (count, size) => count * size) <= storage.Count
            && strides.All(step => step >= 0) && tensor.End <= storage.Count;
        return isWithin ? tensor : throw new PickleException("has a tensor that reaches beyond its data");
    }

    private static long[] Longs(object? tuple) => tuple is object?[] items && items.All(item => item is long)
        ? [.. items.Cast<long>()]
        : throw new PickleException("has a tensor without sizes");

    private sealed record PickledName(string Name);
}
