using System.Buffers.Binary;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;
using static TorchSharp.torch;

namespace R1Reward.Policy.Safetensors;

/// <summary>
/// Writes safetensors files under a temporary name, flushes them to the disk and renames them, so that a file of the
/// right name is whole.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>Writes tensors in the number formats that they have.</summary>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Values)> tensors) =>
        Write(path, [.. tensors.Select(tensor => (tensor.Name, tensor.Values, tensor.Values.dtype))]);

    /// <summary>Writes tensors, converting each to the number format given with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="next">Called before each of them is read; null: nobody has to bring them in.</param>
    internal static void Write(
        string path,
        IReadOnlyList<(string Name, Tensor Values, ScalarType Dtype)> tensors,
        Action? next = null)
    {
        var header = Encoding.UTF8.GetBytes(Header(tensors).ToString(Formatting.None));
        var padded = (header.Length + 7) / 8 * 8;
        AtomicFile.Write(path, stream =>
        {
            Span<byte> size = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(size, (ulong)padded);
            stream.Write(size);
            stream.Write(header);
            stream.Write(Encoding.ASCII.GetBytes(new string(' ', padded - header.Length)));
            foreach (var (_, values, dtype) in tensors)
            {
                next?.Invoke();
                WriteContent(stream, values, dtype);
            }
        });
    }

    /// <summary>Bytes that a tensor takes in a file.</summary>
    internal static long BytesOf((string Name, Tensor Values, ScalarType Dtype) tensor) =>
        tensor.Values.numel() * TensorFormat.Get(tensor.Dtype).Size;

    private static JObject Header(IReadOnlyList<(string Name, Tensor Values, ScalarType Dtype)> tensors)
    {
        var header = new JObject { ["__metadata__"] = new JObject { ["format"] = "pt" } };
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            var end = offset + BytesOf(tensor);
            header[tensor.Name] = new JObject
            {
                ["dtype"] = TensorFormat.Get(tensor.Dtype).Name,
                ["shape"] = new JArray(tensor.Values.shape),
                ["data_offsets"] = new JArray(offset, end),
            };
            offset = end;
        }

        return header;
    }

    private static void WriteContent(Stream stream, Tensor values, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var flat = values.detach().contiguous().view(-1);
        var step = SafetensorsFile.CopyBytes / flat.ElementSize;
        for (var done = 0L; done < flat.numel(); done += step)
        {
            using var piece = NewDisposeScope();
            stream.Write(flat.narrow(0, done, Math.Min(step, flat.numel() - done)).to(dtype).cpu().bytes);
        }
    }
}
