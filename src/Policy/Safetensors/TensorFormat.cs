using static TorchSharp.torch;

namespace R1Reward.Policy.Safetensors;

/// <summary>A number format of safetensors files.</summary>
/// <param name="Name">The name in a file's header.</param>
/// <param name="Type">The tensor library's name.</param>
/// <param name="Size">Bytes of one element.</param>
internal sealed record TensorFormat(string Name, ScalarType Type, int Size)
{
    private static readonly TensorFormat[] _all =
    [
        new("F32", ScalarType.Float32, 4),
        new("BF16", ScalarType.BFloat16, 2),
        new("F16", ScalarType.Float16, 2),
        new("I64", ScalarType.Int64, 8),
        new("F64", ScalarType.Float64, 8),
        new("I32", ScalarType.Int32, 4),
        new("U8", ScalarType.Byte, 1),
        new("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>The names of all formats, for messages.</summary>
    internal static string Names => string.Join(", ", _all.Select(format => format.Name));

    /// <summary>The format of a name; null where it is not read.</summary>
    internal static TensorFormat? Find(string? name) => Array.Find(_all, format => format.Name == name);

    /// <summary>The format of a type of the tensor library.</summary>
    internal static TensorFormat Get(ScalarType type) => _all.First(format => format.Type == type);

    /// <summary>Whether a format holds fractions, as weights do.</summary>
    internal static bool IsFloating(ScalarType type) =>
        type is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float64;
}
