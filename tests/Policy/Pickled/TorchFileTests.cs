using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using R1Reward.Data;
using R1Reward.Policy.Pickled;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Pickled;

public sealed class TorchFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_are_written_as_safetensors_whatever_their_strides()
    {
        // Two views of one storage of six numbers: the second stands on its side.
        var path = Write(
            "\x80\x02}q\0(" + Named("rows", "K\x02K\x03", "K\x03K\x01") + Named("turned", "K\x03K\x02", "K\x01K\x03")
            + "u.");
        using (var file = TorchFile.Open(path))
        {
            Assert.Equal(["rows", "turned"], file.Names);
            file.Convert(_folder.At("out.safetensors"));
        }

        var converted = TensorFile.Open(_folder.At("out.safetensors"));
        Assert.Equal([2, 3], converted.Shape("rows"));
        Assert.Equal([0, 1, 2, 3, 4, 5], converted.Floats("rows"));
        Assert.Equal([3, 2], converted.Shape("turned"));
        Assert.Equal([0, 3, 1, 4, 2, 5], converted.Floats("turned"));
    }

    [Fact]
    public void Weights_that_a_training_checkpoint_wraps_are_found()
    {
        var path = Write(
            "\x80\x02}(" + Text("epoch") + "K\x03" + Text("state_dict") + "}(" + Named("w", "K\x06", "K\x01") + "uu.");
        using var file = TorchFile.Open(path);
        Assert.Equal(["w"], file.Names);
    }

    [Theory]
    [InlineData("cposix\nsystem\nX\x04\0\0\0true\x85R.", "calls posix.system")]
    [InlineData("\x80\x04\u008c\u0008builtins\u008c\u0004eval\x93\x8c\x01" + "1\x85R.", "calls builtins.eval")]
    [InlineData("c__builtin__\ngetattr\n.", "calls __builtin__.getattr")]
    [InlineData("(i__main__\nX\n.", "instruction 0x69")]
    [InlineData("}(X\x01\0\0\0aK\x01u.", "holds no tensors by name")]
    [InlineData("}q", "is damaged")]
    [InlineData("R.", "is damaged")]
    [InlineData("NX\u0001\0\0\0aK\u0001s.", "is damaged")]
    [InlineData("N]a.", "is damaged")]
    [InlineData("\u008a\u0009\0\0\0\0\0\0\0\0\u0001.", "is damaged")]
    public void What_rebuilds_no_tensor_is_refused_by_name(string program, string expected)
    {
        var wrong = Assert.Throws<UserErrorException>(() => TorchFile.Open(Write(program)));
        Assert.Contains(expected, wrong.Message);
        Assert.Contains("safetensors", wrong.Message);
    }

    [Theory]
    [InlineData("K\u0007", "K\u0001")]
    [InlineData("\u008a\u0006\0\0\0\0\0\u0001", "K\0")]
    [InlineData("\u008a\u0008\u0001\0\0\0\0\0\0@", "K\u0004")]
    public void A_tensor_that_reaches_beyond_its_data_is_refused(string shape, string strides)
    {
        var wrong = Assert.Throws<UserErrorException>(
            () => TorchFile.Open(Write("}(" + Named("w", shape, strides) + "u.")));
        Assert.Contains("reaches beyond its data", wrong.Message);
    }

    [Fact]
    public void Numbers_whose_bytes_nobody_can_count_are_refused()
    {
        // 2^62 + 6 numbers of 4 bytes are 24 bytes more than 2^64.
        const string count = "\u008a\u0008\u0006\0\0\0\0\0\0@";
        using var file = TorchFile.Open(Write("}(" + Named("w", "K\u0006", "K\u0001", count) + "u."));
        var wrong = Assert.Throws<UserErrorException>(() => file.Convert(_folder.At("out.safetensors")));
        Assert.Contains("has 24 bytes for 4,611,686,018,427,387,910 numbers", wrong.Message);
    }

    [Fact]
    public void A_file_that_is_no_archive_is_named()
    {
        var path = _folder.Write("old.bin", "\x80\x02 an old one");
        Assert.Contains("no archive", Assert.Throws<UserErrorException>(() => TorchFile.Open(path)).Message);
    }

    private static string Text(string text) => $"X{(char)text.Length}\0\0\0{text}";

    /// <summary>A name and a call of PyTorch's function over a storage of six float32 numbers.</summary>
    private static string Named(string name, string shape, string strides, string count = "K\x06")
    {
        var storage = "(" + Text("storage") + "ctorch\nFloatStorage\n" + Text("0") + Text("cpu") + count + "tQ";
        return Text(name) + "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + "K\0(" + shape + "t(" + strides
            + "t\x89" + "ccollections\nOrderedDict\n)RtR";
    }

    private string Write(string program)
    {
        var path = _folder.At($"{Guid.NewGuid():N}.bin");
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        Add(archive, "archive/data.pkl", Encoding.Latin1.GetBytes(program));
        var numbers = new byte[24];
        for (var i = 0; i < 6; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(numbers.AsSpan(4 * i), i);
        }

        Add(archive, "archive/data/0", numbers);
        return path;
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using var stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }
}
