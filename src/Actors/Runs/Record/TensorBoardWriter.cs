using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// Writes scalars as a TensorBoard event file: TFRecord frames (length, masked CRC-32C, data, masked CRC-32C) around
/// Event
/// messages (tensorflow/core/util/event.proto), of which five fields are needed and written one by one.
/// </summary>
internal sealed class TensorBoardWriter : IDisposable
{
    private readonly FileStream _file;

    // Every event is put together here before its length and checksum are known.
    private readonly MemoryStream _event = new();
    private readonly CodedOutputStream _output;

    /// <summary>
    /// Starts a new event file in a folder; its name holds the time, so that a run that goes on adds another.
    /// </summary>
    public TensorBoardWriter(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        var name = $"events.out.tfevents.{time.GetUtcNow().ToUnixTimeMilliseconds()}.r1reward";
        _file = new FileStream(Path.Combine(folder, name), FileMode.Create, FileAccess.Write, FileShare.Read);
        _output = new CodedOutputStream(_event, leaveOpen: true);
        Begin(time.GetUtcNow());
        _output.WriteTag(3, WireFormat.WireType.LengthDelimited); // Event.file_version
        _output.WriteString("brain.Event:2");
        End();
    }

    /// <summary>Writes one point of a curve, which TensorBoard can read at once.</summary>
    /// <param name="tag">Name of the curve.</param>
    /// <param name="step">The step.</param>
    /// <param name="value">The value.</param>
    /// <param name="at">When it was measured.</param>
    public void Scalar(string tag, long step, double value, DateTimeOffset at)
    {
        var point = 2 + CodedOutputStream.ComputeStringSize(tag) + sizeof(float); // the tags of both fields have a byte
        var summary = 1 + CodedOutputStream.ComputeLengthSize(point) + point;
        Begin(at);
        _output.WriteTag(2, WireFormat.WireType.Varint); // Event.step
        _output.WriteInt64(step);
        _output.WriteTag(5, WireFormat.WireType.LengthDelimited); // Event.summary
        _output.WriteLength(summary);
        _output.WriteTag(1, WireFormat.WireType.LengthDelimited); // Summary.value
        _output.WriteLength(point);
        _output.WriteTag(1, WireFormat.WireType.LengthDelimited); // Summary.Value.tag
        _output.WriteString(tag);
        _output.WriteTag(2, WireFormat.WireType.Fixed32); // Summary.Value.simple_value
        _output.WriteFloat((float)value);
        End();
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _event.Dispose();
        _file.Dispose();
    }

    private void Begin(DateTimeOffset at)
    {
        _output.WriteTag(1, WireFormat.WireType.Fixed64); // Event.wall_time
        _output.WriteDouble(at.ToUnixTimeMilliseconds() / 1000.0);
    }

    private void End()
    {
        _output.Flush();
        WriteFrame(_event.GetBuffer().AsSpan(0, (int)_event.Length));
        _event.SetLength(0);
    }

    private void WriteFrame(ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(header, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], MaskedChecksum(header[..8]));
        Span<byte> footer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, MaskedChecksum(data));
        _file.Write(header);
        _file.Write(data);
        _file.Write(footer);
    }

    /// <summary>
    /// CRC-32C, rotated and shifted as TFRecord wants it: a checksum of data that holds checksums would be weak.
    /// </summary>
    private static uint MaskedChecksum(ReadOnlySpan<byte> data)
    {
        var checksum = uint.MaxValue;
        foreach (var value in data)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return BitOperations.RotateRight(~checksum, 15) + 0xa282ead8;
    }
}
