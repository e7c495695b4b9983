using System.Buffers.Binary;
using Google.Protobuf;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// Writes scalars as a TensorBoard event file: TFRecord frames (length, masked CRC-32C, data, masked CRC-32C) of Event
/// messages, encoded field by field since only these few are needed.
/// </summary>
public sealed class TensorBoardWriter : IDisposable
{
    private static readonly uint[] Crc = Table();
    private readonly FileStream _file;
    private readonly TimeProvider _time;

    /// <summary>Starts a new event file in a folder.</summary>
    public TensorBoardWriter(string folder, TimeProvider time)
    {
        _time = time;
        Directory.CreateDirectory(folder);
        var now = time.GetUtcNow();
        var path = Path.Combine(folder, $"events.out.tfevents.{now.ToUnixTimeMilliseconds()}.r1reward");
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        Frame(Event(output =>
        {
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteString("brain.Event:2");
        }));
    }

    /// <summary>Writes one scalar.</summary>
    public void Scalar(string tag, long step, double value)
    {
        var point = Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteString(tag);
            output.WriteTag(2, WireFormat.WireType.Fixed32);
            output.WriteFloat((float)value);
        });
        var summary = Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(point));
        });
        Frame(Event(output =>
        {
            output.WriteTag(2, WireFormat.WireType.Varint);
            output.WriteInt64(step);
            output.WriteTag(5, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(summary));
        }));
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private byte[] Event(Action<CodedOutputStream> fields) => Message(output =>
    {
        output.WriteTag(1, WireFormat.WireType.Fixed64);
        output.WriteDouble(_time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        fields(output);
    });

    private static byte[] Message(Action<CodedOutputStream> fields)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            fields(output);
        }

        return bytes.ToArray();
    }

    private void Frame(byte[] data)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(header, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Masked(header[..8]));
        Span<byte> footer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Masked(data));
        _file.Write(header);
        _file.Write(data);
        _file.Write(footer);
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc = Crc[(crc ^ b) & 0xff] ^ (crc >> 8);
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static uint[] Table()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ 0x82f63b78 : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
