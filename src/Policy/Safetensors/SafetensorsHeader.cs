using System.Buffers.Binary;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Safetensors;

/// <summary>
/// Reads and checks the header of a safetensors file: 8 bytes that give its length, little-endian, then JSON. Errors
/// name the file and what is wrong with it.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class SafetensorsHeader(string path)
{
    // The limit of Hugging Face's own reader.
    private const int MaxHeader = 100_000_000;

    /// <summary>The tensors in file order.</summary>
    /// <exception cref="UserErrorException">The file is cut off or no safetensors file.</exception>
    internal IReadOnlyList<TensorEntry> Read(Stream stream)
    {
        Span<byte> size = stackalloc byte[8];
        if (stream.ReadAtLeast(size, 8, throwOnEndOfStream: false) < 8)
        {
            throw Broken("it is shorter than 8 bytes");
        }

        if (size.SequenceEqual("version "u8))
        {
            throw Broken("it is a Git LFS pointer; fetch what it points to: git lfs pull");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(size);
        if (length > MaxHeader || 8 + (long)length > stream.Length)
        {
            throw Broken($"its header claims {length} bytes of {stream.Length}");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            var json = JObject.Parse(Encoding.UTF8.GetString(header));
            return
            [
                .. json.Properties()
                    .Where(property => property.Name != "__metadata__")
                    .Select(property => Entry(property, 8 + (long)length, stream.Length))
                    .OrderBy(entry => entry.Offset),
            ];
        }
        catch (JsonException broken)
        {
            throw Broken("its header is no JSON: " + broken.Message);
        }
    }

    private TensorEntry Entry(JProperty property, long start, long fileLength)
    {
        var name = (string?)property.Value["dtype"];
        var format = TensorFormat.Find(name) ?? throw Broken($"{property.Name} has the number format {name}");
        var shape = property.Value["shape"]?.ToObject<long[]>() ?? throw Broken($"{property.Name} has no shape");
        var range = property.Value["data_offsets"]?.ToObject<long[]>();
        if (range is not [var from, var to] || from < 0 || to < from || start + to > fileLength)
        {
            throw Broken($"{property.Name} lies outside the file; it may be cut off");
        }

        return shape.Aggregate((long)format.Size, (product, size) => product * size) == to - from
            ? new TensorEntry(property.Name, format.Type, shape, start + from, to - from)
            : throw Broken($"{property.Name} of shape [{string.Join(", ", shape)}] has {to - from} bytes");
    }

    private UserErrorException Broken(string reason) => new($"{path} is no readable safetensors file: {reason}");
}
