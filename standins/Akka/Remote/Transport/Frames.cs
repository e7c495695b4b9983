using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>
/// What travels between two systems: a little-endian length (4 bytes), a kind (1 byte), the body. A link starts with
/// Hello in both directions; after that only its opener sends, so two systems that talk hold two links.
/// </summary>
internal enum FrameKind : byte { Hello = 1, Message = 2, System = 3, Control = 4 }

/// <summary>Who opens a link, and whom it believes to reach (null in the answer).</summary>
/// <param name="Refused">In the answer: why the link is not wanted; empty if it is.</param>
internal sealed record Hello(Address From, int Uid, Address To, string Refused)
{
    public byte[] Encode() => Frame.Encode(FrameKind.Hello, w =>
    {
        w.Write(From.ToString());
        w.Write(Uid);
        w.Write(To?.ToString() ?? "");
        w.Write(Refused);
    });

    public static Hello Decode(BinaryReader r) => new(
        Address.Parse(r.ReadString()),
        r.ReadInt32(),
        r.ReadString() is { Length: > 0 } to ? Address.Parse(to) : null,
        r.ReadString());
}

/// <summary>A user message; the sender is empty if there is none.</summary>
internal sealed record MessageFrame(string Recipient, string Sender, int SerializerId, string Manifest, byte[] Payload)
{
    public byte[] Encode() => Frame.Encode(FrameKind.Message, w =>
    {
        w.Write(Recipient);
        w.Write(Sender);
        w.Write(SerializerId);
        w.Write(Manifest);
        w.Write(Payload.Length);
        w.Write(Payload);
    });

    public static MessageFrame Decode(BinaryReader r) =>
        new(r.ReadString(), r.ReadString(), r.ReadInt32(), r.ReadString(), r.ReadBytes(r.ReadInt32()));
}

internal enum SystemKind : byte { Watch = 1, Unwatch = 2, Terminated = 3, Stop = 4 }

/// <summary>
/// A death watch or stop message. They are numbered, acknowledged and sent again after a broken link, because a lost
/// one would never be noticed.
/// </summary>
/// <param name="Actor">Path of the watched, ended or to be stopped actor.</param>
/// <param name="Watcher">Path of the watcher; empty for Stop.</param>
internal sealed record SystemFrame(long Number, SystemKind Kind, string Actor, string Watcher, bool ExistenceConfirmed)
{
    public byte[] Encode() => Frame.Encode(FrameKind.System, w =>
    {
        w.Write(Number);
        w.Write((byte)Kind);
        w.Write(Actor);
        w.Write(Watcher);
        w.Write(ExistenceConfirmed);
    });

    public static SystemFrame Decode(BinaryReader r) =>
        new(r.ReadInt64(), (SystemKind)r.ReadByte(), r.ReadString(), r.ReadString(), r.ReadBoolean());
}

/// <summary>Who reads a control frame.</summary>
internal enum ControlChannel : byte { Acknowledge = 1, Watch = 2, Cluster = 3 }

/// <summary>A message of the runtime itself; overtakes user messages, may be lost.</summary>
internal sealed record ControlFrame(ControlChannel Channel, byte[] Payload)
{
    public byte[] Encode() => Frame.Encode(FrameKind.Control, w =>
    {
        w.Write((byte)Channel);
        w.Write(Payload.Length);
        w.Write(Payload);
    });

    public static ControlFrame Decode(BinaryReader r) => new((ControlChannel)r.ReadByte(), r.ReadBytes(r.ReadInt32()));
}

internal static class Frame
{
    private const int Prefix = sizeof(int);

    /// <summary>Bytes of a frame without its length prefix.</summary>
    public static int Size(byte[] encoded) => encoded.Length - Prefix;

    public static byte[] Encode(FrameKind kind, Action<BinaryWriter> body)
    {
        using var stream = new MemoryStream(256);
        using var writer = new BinaryWriter(stream);
        writer.Write(0);
        writer.Write((byte)kind);
        body(writer);
        var bytes = stream.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - Prefix);
        return bytes;
    }

    /// <summary>Blocks for the next frame; its kind has been read from the reader returned.</summary>
    /// <exception cref="EndOfStreamException">The peer has closed the link.</exception>
    /// <exception cref="InvalidDataException">The frame is longer than allowed.</exception>
    public static (FrameKind Kind, BinaryReader Body) Read(Stream stream, int maximumSize)
    {
        Span<byte> prefix = stackalloc byte[Prefix];
        stream.ReadExactly(prefix);
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length < 1 || length > maximumSize)
            throw new InvalidDataException($"Frame of {length} bytes; at most {maximumSize} are allowed (maximum-frame-size)");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return ((FrameKind)bytes[0], new BinaryReader(new MemoryStream(bytes, 1, length - 1)));
    }
}
