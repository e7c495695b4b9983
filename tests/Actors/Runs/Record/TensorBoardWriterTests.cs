using System.Buffers.Binary;
using Google.Protobuf;
using R1Reward.Actors.Runs.Record;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Record;

public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Frames_have_right_checksums_and_hold_the_scalars()
    {
        using (var writer = new TensorBoardWriter(_folder.Path, new ManualTime()))
        {
            writer.Scalar("rl/reward", 3, 1.5, DateTimeOffset.UnixEpoch);
            writer.Scalar("rl/loss", long.MaxValue, -2, DateTimeOffset.UnixEpoch);
        }

        var events = Frames(File.ReadAllBytes(Assert.Single(Directory.GetFiles(_folder.Path)))).Select(Event).ToList();

        Assert.Equal(["brain.Event:2", "rl/reward", "rl/loss"], events.Select(read => read.Text));
        Assert.Equal([(0L, 0f), (3L, 1.5f), (long.MaxValue, -2f)], events.Select(read => (read.Step, read.Value)));
    }

    [Fact]
    public void A_name_may_be_longer_than_one_byte_counts()
    {
        var name = new string('n', 200);
        using (var writer = new TensorBoardWriter(_folder.Path, new ManualTime()))
        {
            writer.Scalar(name, 1, 2.5, DateTimeOffset.UnixEpoch);
            writer.Scalar("short", 2, 3.5, DateTimeOffset.UnixEpoch);
        }

        var events = Frames(File.ReadAllBytes(Assert.Single(Directory.GetFiles(_folder.Path)))).Select(Event).Skip(1);

        Assert.Equal([(name, 1L, 2.5f), ("short", 2L, 3.5f)], events);
    }

    [Fact]
    public void A_point_takes_no_memory_of_its_own()
    {
        using var writer = new TensorBoardWriter(_folder.Path, new ManualTime());
        writer.Scalar("rl/reward", 1, 1.5, DateTimeOffset.UnixEpoch);

        var before = GC.GetAllocatedBytesForCurrentThread();
        writer.Scalar("rl/reward", 2, 2.5, DateTimeOffset.UnixEpoch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_checksum_of_this_test_is_the_published_one() => Assert.Equal(0xe3069283u, Crc32C("123456789"u8));

    private static List<byte[]> Frames(byte[] file)
    {
        var frames = new List<byte[]>();
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            var data = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            frames.Add(data);
            at += 16 + length;
        }

        return frames;
    }

    private static (string Text, long Step, float Value) Event(byte[] data)
    {
        var (text, step, value) = ("", 0L, 0f);
        var input = new CodedInputStream(data);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 2:
                    step = input.ReadInt64();
                    break;
                case 3:
                    text = input.ReadString();
                    break;
                case 5:
                    (text, value) = Point(new CodedInputStream(input.ReadBytes().ToByteArray()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return (text, step, value);
    }

    private static (string Tag, float Value) Point(CodedInputStream summary)
    {
        Assert.Equal(WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited), summary.ReadTag());
        var point = new CodedInputStream(summary.ReadBytes().ToByteArray());
        Assert.Equal(WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited), point.ReadTag());
        var tag = point.ReadString();
        Assert.Equal(WireFormat.MakeTag(2, WireFormat.WireType.Fixed32), point.ReadTag());
        return (tag, point.ReadFloat());
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = Crc32C(data);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8);
    }

    private static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
            }
        }

        return ~crc;
    }
}
