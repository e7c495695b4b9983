using System.Buffers.Binary;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using static TorchSharp.torch;

namespace R1Reward.Policy.Safetensors;

/// <summary>A safetensors file: 8 bytes header length, a JSON header, the tensors row by row, little-endian.</summary>
public sealed class SafetensorsFile
{
    private const int LongestHeader = 100_000_000;
    private const int CopyBytes = 1 << 25;

    private static readonly (string Name, ScalarType Type, int Size)[] Formats =
    [
        ("F32", ScalarType.Float32, 4), ("BF16", ScalarType.BFloat16, 2), ("F16", ScalarType.Float16, 2), ("I64", ScalarType.Int64, 8),
        ("F64", ScalarType.Float64, 8), ("I32", ScalarType.Int32, 4), ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    private readonly string _path;
    private readonly long _length;
    private readonly Dictionary<string, TensorEntry> _entries;

    private SafetensorsFile(string path, long length, Dictionary<string, TensorEntry> entries) =>
        (_path, _length, _entries) = (path, length, entries);

    /// <summary>The file's name without its folder.</summary>
    public string Name => Path.GetFileName(_path);

    /// <summary>Its length in bytes.</summary>
    public long Length => _length;

    /// <summary>The tensors in file order.</summary>
    public IReadOnlyCollection<TensorEntry> Entries => _entries.Values;

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="UserErrorException">The file is missing, cut off or no safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path} does not exist");
        }

        using var stream = File.OpenRead(path);
        Span<byte> size = stackalloc byte[8];
        if (stream.ReadAtLeast(size, 8, throwOnEndOfStream: false) < 8)
        {
            throw Broken(path, "it is shorter than 8 bytes");
        }

        if (size.SequenceEqual("version "u8))
        {
            throw Broken(path, "it is a Git LFS pointer; fetch what it points to: git lfs pull");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(size);
        if (length > LongestHeader || 8 + (long)length > stream.Length)
        {
            throw Broken(path, $"its header claims {length} bytes of {stream.Length}");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            var json = JObject.Parse(Encoding.UTF8.GetString(header));
            var entries = json.Properties().Where(property => property.Name != "__metadata__")
                .Select(property => Entry(path, property, 8 + (long)length, stream.Length))
                .OrderBy(entry => entry.Offset).ToDictionary(entry => entry.Name);
            return new SafetensorsFile(path, stream.Length, entries);
        }
        catch (JsonException broken)
        {
            throw Broken(path, "its header is no JSON: " + broken.Message);
        }
    }

    /// <summary>
    /// The tensor as it lies in the file: memory-mapped and lazily read where its offset allows, else a copy. On the
    /// CPU, in the caller's dispose scope; read only.
    /// </summary>
    public Tensor Read(string name)
    {
        var entry = _entries[name];
        return Part(entry, 0, entry.Bytes / SizeOf(entry.Dtype)).view(entry.Shape);
    }

    /// <summary>
    /// Copies a tensor, converting number format and device. A piece at a time, each with a map of its own: what has been
    /// read of a map stays resident until it is closed.
    /// </summary>
    /// <param name="name">The tensor's name in the file.</param>
    /// <param name="target">Contiguous, with as many elements.</param>
    public void CopyTo(string name, Tensor target)
    {
        using var mode = no_grad();
        var entry = _entries[name];
        var (count, step) = (entry.Bytes / SizeOf(entry.Dtype), CopyBytes / SizeOf(entry.Dtype));
        for (var done = 0L; done < count; done += step)
        {
            using var scope = NewDisposeScope();
            var part = Math.Min(step, count - done);
            target.view(-1).narrow(0, done, part).copy_(Part(entry, done, part));
        }
    }

    /// <summary>Writes a file under a temporary name, flushes it to the disk and renames it.</summary>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Values)> tensors) =>
        Write(path, [.. tensors.Select(tensor => (tensor.Name, tensor.Values, tensor.Values.dtype))]);

    /// <summary>Writes a file, converting to the number format given with each tensor.</summary>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Values, ScalarType Dtype)> tensors)
    {
        var header = new JObject { ["__metadata__"] = new JObject { ["format"] = "pt" } };
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            var bytes = BytesOf(tensor);
            header[tensor.Name] = new JObject
            {
                ["dtype"] = NameOf(tensor.Dtype),
                ["shape"] = new JArray(tensor.Values.shape),
                ["data_offsets"] = new JArray(offset, offset + bytes),
            };
            offset += bytes;
        }

        AtomicFile.Write(path, stream =>
        {
            var json = Encoding.UTF8.GetBytes(header.ToString(Formatting.None));
            var padded = (json.Length + 7) / 8 * 8;
            Span<byte> size = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(size, (ulong)padded);
            stream.Write(size);
            stream.Write(json);
            stream.Write(Encoding.ASCII.GetBytes(new string(' ', padded - json.Length)));
            foreach (var (_, values, dtype) in tensors)
            {
                WriteContent(stream, values, dtype);
            }
        });
    }

    /// <summary>Bytes that a tensor takes in a file.</summary>
    internal static long BytesOf((string Name, Tensor Values, ScalarType Dtype) tensor) => tensor.Values.numel() * SizeOf(tensor.Dtype);

    private static void WriteContent(Stream stream, Tensor values, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var flat = values.detach().contiguous().view(-1);
        var step = CopyBytes / flat.ElementSize;
        for (var done = 0L; done < flat.numel(); done += step)
        {
            using var piece = NewDisposeScope();
            stream.Write(flat.narrow(0, done, Math.Min(step, flat.numel() - done)).to(dtype).cpu().bytes);
        }
    }

    private Tensor Part(TensorEntry entry, long start, long count)
    {
        var size = SizeOf(entry.Dtype);
        var offset = entry.Offset + (start * size);
        if (count > 0 && offset % size == 0)
        {
            return from_file(_path, false, _length / size, entry.Dtype).narrow(0, offset / size, count);
        }

        var copy = empty([count], dtype: entry.Dtype, device: CPU);
        using var stream = File.OpenRead(_path);
        stream.Position = offset;
        for (long done = 0; done < count;)
        {
            var part = Math.Min(count - done, CopyBytes / size);
            using var slice = copy.narrow(0, done, part);
            stream.ReadExactly(slice.bytes);
            done += part;
        }

        return copy;
    }

    private static TensorEntry Entry(string path, JProperty property, long start, long fileLength)
    {
        var name = (string?)property.Value["dtype"];
        var format = Formats.FirstOrDefault(known => known.Name == name);
        if (format.Name is null)
        {
            throw Broken(path, $"{property.Name} has the number format {name}");
        }

        var shape = property.Value["shape"]?.ToObject<long[]>() ?? throw Broken(path, $"{property.Name} has no shape");
        var range = property.Value["data_offsets"]?.ToObject<long[]>();
        if (range is not [var from, var to] || from < 0 || to < from || start + to > fileLength)
        {
            throw Broken(path, $"{property.Name} lies outside the file; it may be cut off");
        }

        return shape.Aggregate((long)format.Size, (product, size) => product * size) == to - from
            ? new TensorEntry(property.Name, format.Type, shape, start + from, to - from)
            : throw Broken(path, $"{property.Name} of shape [{string.Join(", ", shape)}] has {to - from} bytes");
    }

    private static int SizeOf(ScalarType type) => Formats.First(format => format.Type == type).Size;

    private static string NameOf(ScalarType type) => Formats.First(format => format.Type == type).Name;

    private static UserErrorException Broken(string path, string reason) =>
        new($"{path} is no readable safetensors file: {reason}");
}
