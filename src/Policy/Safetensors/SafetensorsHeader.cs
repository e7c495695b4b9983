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
            var start = 8 + (long)length;
            var parsed = Parse(header);
            RequireTexts(parsed["__metadata__"]);
            var entries = parsed.Properties()
                .Where(property => property.Name != "__metadata__")
                .Select(property => Entry(property, start, stream.Length))
                .OrderBy(entry => entry.Offset)
                .ThenBy(entry => entry.Bytes)
                .ToList();
            RequireCovered(entries, start, stream.Length);
            return entries;
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            throw Broken("its header is no JSON: " + broken.Message);
        }
    }

    private void RequireTexts(JToken? metadata)
    {
        if (metadata is not null
            && !(metadata is JObject texts && texts.Properties().All(text => text.Value.Type == JTokenType.String)))
        {
            throw Broken("its __metadata__ is no object of texts");
        }
    }

    private static JObject Parse(byte[] header)
    {
        using var text = new StringReader(Encoding.UTF8.GetString(header));
        using var reader = new JsonTextReader(text) { DateParseHandling = DateParseHandling.None };
        var settings = new JsonLoadSettings { DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error };
        return JObject.Load(reader, settings);
    }

    /// <summary>A list of whole numbers from 0 on; null where the value is anything else, fractions included.</summary>
    private static long[]? Whole(JToken? value)
    {
        var numbers = (value as JArray)?
            .Select(item => item is JValue { Value: long and >= 0 and var number } ? number : -1)
            .ToArray();
        return numbers?.Contains(-1) == false ? numbers : null;
    }

    private static long? Product(long[] shape, int size)
    {
        try
        {
            return shape.Aggregate((long)size, (product, one) => checked(product * one));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private TensorEntry Entry(JProperty property, long start, long fileLength)
    {
        var about = property.Value as JObject ?? throw Broken($"{property.Name} is no object");
        var name = about["dtype"] is JValue { Type: JTokenType.String } text ? (string?)text : null;
        var format = TensorFormat.Find(name) ?? throw Broken(
            $"{property.Name} has the number format {name ?? "(none)"}; {TensorFormat.Names} are read");
        var shape = Whole(about["shape"]) ?? throw Broken($"{property.Name} has no shape of whole numbers from 0 on");
        if (Whole(about["data_offsets"]) is not [var from, var to])
        {
            throw Broken($"{property.Name} has no data_offsets of two whole numbers from 0 on");
        }

        if (to < from || to > fileLength - start)
        {
            throw Broken($"{property.Name} lies outside the file; it may be cut off");
        }

        return Product(shape, format.Size) == to - from
            ? new TensorEntry(property.Name, format.Type, shape, start + from, to - from)
            : throw Broken($"{property.Name} of shape [{string.Join(", ", shape)}] has {to - from} bytes");
    }

    /// <summary>Tensors fill the file: bytes that belong to two or to none mean that it is damaged.</summary>
    private void RequireCovered(List<TensorEntry> entries, long start, long fileLength)
    {
        var at = start;
        foreach (var entry in entries)
        {
            if (entry.Offset != at)
            {
                throw Broken(entry.Offset < at
                    ? $"{entry.Name} overlaps the tensor before it"
                    : $"{entry.Offset - at} bytes before {entry.Name} belong to no tensor");
            }

            at += entry.Bytes;
        }

        if (at != fileLength)
        {
            throw Broken($"{fileLength - at} bytes at its end belong to no tensor");
        }
    }

    private UserErrorException Broken(string reason) => new($"{path} is no readable safetensors file: {reason}");
}
