using System.Buffers.Binary;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using static TorchSharp.torch;

namespace R1Reward.Policy.Checkpoints;

/// <summary>A safetensors file: 8 bytes header length, a JSON header, the tensors row by row, little-endian.</summary>
public sealed class SafetensorsFile
{
    private const int LongestHeader = 100_000_000;
    private const int CopyBytes = 1 << 26;

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
        var size = SizeOf(entry.Dtype);
        var count = entry.Bytes / size;
        if (count == 0)
        {
            return empty(entry.Shape, dtype: entry.Dtype, device: CPU);
        }

        if (entry.Offset % size == 0)
        {
            return from_file(_path, false, _length / size, entry.Dtype).narrow(0, entry.Offset / size, count).view(entry.Shape);
        }

        var copy = empty([count], dtype: entry.Dtype, device: CPU);
        using var stream = File.OpenRead(_path);
        stream.Position = entry.Offset;
        for (long done = 0; done < count;)
        {
            var part = Math.Min(count - done, CopyBytes / size);
            using var slice = copy.narrow(0, done, part);
            stream.ReadExactly(slice.bytes);
            done += part;
        }

        return copy.view(entry.Shape);
    }

    /// <summary>Writes a file under a temporary name, flushes it to the disk and renames it.</summary>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Values)> tensors)
    {
        var header = new JObject { ["__metadata__"] = new JObject { ["format"] = "pt" } };
        var offset = 0L;
        foreach (var (name, values) in tensors)
        {
            var bytes = values.numel() * values.ElementSize;
            header[name] = new JObject
            {
                ["dtype"] = NameOf(values.dtype),
                ["shape"] = new JArray(values.shape),
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
            foreach (var (_, values) in tensors)
            {
                WriteContent(stream, values);
            }
        });
    }

    private static void WriteContent(Stream stream, Tensor values)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var flat = values.detach().cpu().contiguous().view(-1);
        var step = CopyBytes / flat.ElementSize;
        for (var done = 0L; done < flat.numel(); done += step)
        {
            stream.Write(flat.narrow(0, done, Math.Min(step, flat.numel() - done)).bytes);
        }
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
