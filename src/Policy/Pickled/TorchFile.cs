using System.IO.Compression;
using R1Reward.Data;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Pickled;

/// <summary>
/// A checkpoint as <c>torch.save</c> writes it (<c>pytorch_model.bin</c>): an archive of a pickle and the data that it
/// names. It is read without running anything.
/// </summary>
public sealed class TorchFile : IDisposable
{
    private const long MaxProgramBytes = 64L << 20;
    private const string Program = "data.pkl";

    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly string _folder;
    private readonly Dictionary<string, PickledTensor> _tensors;

    private TorchFile(string path, ZipArchive archive, string folder, Dictionary<string, PickledTensor> tensors)
    {
        _path = path;
        _archive = archive;
        _folder = folder;
        _tensors = tensors;
    }

    /// <summary>Names of the tensors, in the file's order.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Opens a file and reads what it holds.</summary>
    /// <exception cref="UserErrorException">
    /// It is missing, damaged, of the time before PyTorch 1.6, or asks for what rebuilds no tensor.
    /// </exception>
    public static TorchFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path} does not exist");
        }

        ZipArchive? archive = null;
        try
        {
            archive = ZipFile.OpenRead(path);
            var program = archive.Entries.FirstOrDefault(entry => entry.Name == Program)
                ?? throw new PickleException($"has no {Program}");
            var folder = program.FullName[..^Program.Length];
            return new TorchFile(path, archive, folder, Tensors(new PickleReader(Bytes(program)).Read()));
        }
        catch (Exception broken) when (broken is PickleException or InvalidDataException)
        {
            archive?.Dispose();
            var problem = broken is PickleException ? broken.Message : "is no archive of PyTorch 1.6 or later";
            throw new UserErrorException($"{path} {problem}; take the model's safetensors instead", broken);
        }
    }

    /// <summary>Writes the tensors as safetensors, under the same names and in the same number formats.</summary>
    public void Convert(string target)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(target, [.. _tensors.Select(tensor => (tensor.Key, Read(tensor.Value)))]);
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    // A training checkpoint wraps the weights once more.
    private static Dictionary<string, PickledTensor> Tensors(object? root)
    {
        var named = root as Dictionary<string, object?> ?? throw new PickleException("holds no tensors by name");
        var tensors = named.Where(one => one.Value is PickledTensor)
            .ToDictionary(one => one.Key, one => (PickledTensor)one.Value!);
        if (tensors.Count > 0)
        {
            return tensors;
        }

        return named.Values.OfType<Dictionary<string, object?>>().FirstOrDefault(inner => inner.Values.Any(
            value => value is PickledTensor)) is { } wrapped
            ? Tensors(wrapped)
            : throw new PickleException("holds no tensors by name");
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        if (entry.Length > MaxProgramBytes)
        {
            throw new PickleException($"has a {Program} of {entry.Length:N0} bytes");
        }

        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private Tensor Read(PickledTensor tensor)
    {
        var name = _folder + "data/" + tensor.Storage.Key;
        var entry = _archive.GetEntry(name) ?? throw new UserErrorException($"{_path} lacks its part {name}");
        var size = TensorFormat.Get(tensor.Storage.Dtype).Size;

        // PyTorch packs nothing, so that what is read is never larger than the file.
        var fits = entry.Length % size == 0 && entry.Length / size == tensor.Storage.Count;
        if (!fits || entry.CompressedLength != entry.Length)
        {
            throw new UserErrorException(
                $"{_path}: {name} has {entry.Length:N0} bytes for {tensor.Storage.Count:N0} numbers of {size}, or is "
                + "packed; take the model's safetensors instead");
        }

        var storage = empty([tensor.Storage.Count], dtype: tensor.Storage.Dtype, device: CPU);
        using var stream = entry.Open();
        var step = SafetensorsFile.CopyBytes / size;
        for (var done = 0L; done < tensor.Storage.Count; done += step)
        {
            using var slice = storage.narrow(0, done, Math.Min(step, tensor.Storage.Count - done));
            stream.ReadExactly(slice.bytes);
        }

        return tensor.IsContiguous
            ? storage.narrow(0, tensor.Offset, tensor.Shape.Aggregate(1L, (a, b) => a * b)).view(tensor.Shape)
            : storage.as_strided(tensor.Shape, tensor.Strides, tensor.Offset).contiguous();
    }
}
