using System.Buffers.Binary;
using Newtonsoft.Json.Linq;

namespace R1Reward.Tests.Support;

/// <summary>
/// A safetensors file for tests without a tensor library: float32, bfloat16 and int64 read as flat row-major arrays.
/// </summary>
public sealed class TensorFile
{
    private readonly byte[] _bytes;
    private readonly JObject _header;
    private readonly int _start;

    private TensorFile(byte[] bytes)
    {
        _bytes = bytes;
        var length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        _header = JObject.Parse(System.Text.Encoding.UTF8.GetString(bytes, 8, length));
        _header.Remove("__metadata__");
        _start = 8 + length;
    }

    /// <summary>The names of all tensors.</summary>
    public IEnumerable<string> Names => _header.Properties().Select(p => p.Name);

    /// <summary>Reads a whole file.</summary>
    public static TensorFile Open(string path) => new(File.ReadAllBytes(path));

    /// <summary>Whether a tensor of this name is there.</summary>
    public bool Contains(string name) => _header.ContainsKey(name);

    /// <summary>The sizes of a tensor.</summary>
    public int[] Shape(string name) => Entry(name)["shape"]!.Select(size => (int)size).ToArray();

    /// <summary>A float32 or bfloat16 tensor.</summary>
    public float[] Floats(string name)
    {
        var data = Data(name);
        return (string)Entry(name)["dtype"]! switch
        {
            "F32" => Read(data, 4, BinaryPrimitives.ReadSingleLittleEndian),
            "BF16" => Read(data, 2, ReadBrainFloat),
            var other => throw new NotSupportedException($"{name} is {other}, not a float tensor"),
        };
    }

    private static float ReadBrainFloat(ReadOnlySpan<byte> two) =>
        BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(two) << 16);

    /// <summary>An int64 tensor.</summary>
    public long[] Integers(string name) => (string)Entry(name)["dtype"]! == "I64"
        ? Read(Data(name), 8, BinaryPrimitives.ReadInt64LittleEndian)
        : throw new NotSupportedException($"{name} is {Entry(name)["dtype"]}, not I64");

    /// <summary>A uint8 tensor.</summary>
    public byte[] Bytes(string name) => (string)Entry(name)["dtype"]! == "U8"
        ? Data(name).ToArray()
        : throw new NotSupportedException($"{name} is {Entry(name)["dtype"]}, not U8");

    /// <summary>The rows of a matrix.</summary>
    public float[][] Rows(string name)
    {
        var width = Shape(name)[1];
        return Floats(name).Chunk(width).ToArray();
    }

    private static T[] Read<T>(ReadOnlySpan<byte> data, int size, SpanReader<T> one)
    {
        var values = new T[data.Length / size];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = one(data.Slice(i * size, size));
        }

        return values;
    }

    private delegate T SpanReader<out T>(ReadOnlySpan<byte> bytes);

    private JToken Entry(string name) => _header[name] ?? throw new KeyNotFoundException($"no tensor {name}");

    private ReadOnlySpan<byte> Data(string name)
    {
        var offsets = Entry(name)["data_offsets"]!.Select(offset => (int)offset).ToArray();
        return _bytes.AsSpan(_start + offsets[0], offsets[1] - offsets[0]);
    }
}
