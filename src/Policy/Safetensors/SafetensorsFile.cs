using R1Reward.Data;
using R1Reward.Data.Files;
using static TorchSharp.torch;

namespace R1Reward.Policy.Safetensors;

/// <summary>
/// A safetensors file that is read: a header, then the tensors row by row, little-endian. Opening reads the header
/// alone.
/// </summary>
public sealed class SafetensorsFile
{
    /// <summary>Bytes that are read or written at a time.</summary>
    internal const int CopyBytes = 1 << 25;

    private readonly string _path;
    private readonly Dictionary<string, TensorEntry> _entries;

    private SafetensorsFile(string path, long length, IReadOnlyList<TensorEntry> entries)
    {
        _path = path;
        _entries = entries.ToDictionary(entry => entry.Name);
        Length = length;
        Entries = entries;
    }

    /// <summary>The file's name without its folder.</summary>
    public string Name => Path.GetFileName(_path);

    /// <summary>Length of the file in bytes.</summary>
    public long Length { get; }

    /// <summary>The tensors in file order.</summary>
    public IReadOnlyCollection<TensorEntry> Entries { get; }

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="UserErrorException">The file is missing, cut off or no safetensors file.</exception>
    internal static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path} does not exist");
        }

        RegularFile.Require(path, long.MaxValue);
        try
        {
            using var stream = File.OpenRead(path);
            return new SafetensorsFile(path, stream.Length, new SafetensorsHeader(path).Read(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path}: cannot be read ({error.Message}). Check its permissions.", error);
        }
    }

    /// <summary>
    /// The tensor as it lies in the file: memory-mapped and lazily read where its offset allows, else a copy. On the
    /// CPU, in the caller's dispose scope; not to be written to.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The file has no tensor of this name.</exception>
    internal Tensor Read(string name)
    {
        var entry = _entries[name];
        return Part(entry, 0, entry.Bytes / SizeOf(entry)).view(entry.Shape);
    }

    /// <summary>
    /// Copies a tensor or a part of it, converting number format and device. A piece at a time, each with a map of its
    /// own: what has been read of a map stays resident until it is closed.
    /// </summary>
    /// <param name="name">The tensor's name in the file.</param>
    /// <param name="target">Contiguous, with as many elements as are copied.</param>
    /// <param name="start">The first element that is copied, in the flattened tensor.</param>
    /// <exception cref="KeyNotFoundException">The file has no tensor of this name.</exception>
    internal void CopyTo(string name, Tensor target, long start = 0)
    {
        using var mode = no_grad();
        var entry = _entries[name];
        var count = target.numel();
        var step = CopyBytes / SizeOf(entry);
        for (var done = 0L; done < count; done += step)
        {
            using var scope = NewDisposeScope();
            var part = Math.Min(step, count - done);
            target.view(-1).narrow(0, done, part).copy_(Part(entry, start + done, part));
        }
    }

    private static int SizeOf(TensorEntry entry) => TensorFormat.Get(entry.Dtype).Size;

    private Tensor Part(TensorEntry entry, long start, long count)
    {
        var size = SizeOf(entry);
        var offset = entry.Offset + (start * size);
        if (count > 0 && offset % size == 0)
        {
            return from_file(_path, false, Length / size, entry.Dtype).narrow(0, offset / size, count);
        }

        // A map begins at a whole element; tensors that do not are read.
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
}
