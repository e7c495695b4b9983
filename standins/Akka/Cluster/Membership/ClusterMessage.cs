using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>What the cluster daemons of two nodes say to each other, on the cluster's control channel.</summary>
internal abstract record ClusterMessage
{
    /// <summary>A node looks for a cluster: whether the receiver is in one.</summary>
    public sealed record InitJoin : ClusterMessage;

    public sealed record InitJoinAck : ClusterMessage;

    public sealed record InitJoinNack : ClusterMessage;

    public sealed record Join(UniqueAddress Node, ImmutableHashSet<string> Roles) : ClusterMessage;

    public sealed record Welcome(UniqueAddress From, Gossip Gossip) : ClusterMessage;

    public sealed record GossipEnvelope(UniqueAddress From, UniqueAddress To, Gossip Gossip) : ClusterMessage;

    public sealed record Heartbeat : ClusterMessage;

    public sealed record HeartbeatReply(UniqueAddress From) : ClusterMessage;

    /// <summary>The sender has handed over its work and shuts down.</summary>
    public sealed record ExitingConfirmed(UniqueAddress Node) : ClusterMessage;

    public byte[] Encode()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        switch (this)
        {
            case InitJoin: writer.Write((byte)1); break;
            case InitJoinAck: writer.Write((byte)2); break;
            case InitJoinNack: writer.Write((byte)3); break;
            case Join join:
                writer.Write((byte)4);
                writer.Write(join.Node);
                writer.WriteAll(join.Roles, writer.Write);
                break;
            case Welcome welcome:
                writer.Write((byte)5);
                writer.Write(welcome.From);
                welcome.Gossip.Write(writer);
                break;
            case GossipEnvelope envelope:
                writer.Write((byte)6);
                writer.Write(envelope.From);
                writer.Write(envelope.To);
                envelope.Gossip.Write(writer);
                break;
            case Heartbeat: writer.Write((byte)7); break;
            case HeartbeatReply reply:
                writer.Write((byte)8);
                writer.Write(reply.From);
                break;
            case ExitingConfirmed confirmed:
                writer.Write((byte)9);
                writer.Write(confirmed.Node);
                break;
        }

        return stream.ToArray();
    }

    public static ClusterMessage Decode(BinaryReader reader) => reader.ReadByte() switch
    {
        1 => new InitJoin(),
        2 => new InitJoinAck(),
        3 => new InitJoinNack(),
        4 => new Join(reader.ReadUniqueAddress(), [.. reader.ReadAll(reader.ReadString)]),
        5 => new Welcome(reader.ReadUniqueAddress(), Gossip.Read(reader)),
        6 => new GossipEnvelope(reader.ReadUniqueAddress(), reader.ReadUniqueAddress(), Gossip.Read(reader)),
        7 => new Heartbeat(),
        8 => new HeartbeatReply(reader.ReadUniqueAddress()),
        9 => new ExitingConfirmed(reader.ReadUniqueAddress()),
        var kind => throw new InvalidDataException($"Unknown cluster message {kind}"),
    };
}
