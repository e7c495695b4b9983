using Akka.Actor;

namespace Akka.Cluster;

/// <summary>The binary forms that cluster messages share.</summary>
internal static class Wire
{
    public static void Write(this BinaryWriter writer, UniqueAddress node)
    {
        writer.Write(node.Address.ToString());
        writer.Write(node.Uid);
    }

    public static UniqueAddress ReadUniqueAddress(this BinaryReader reader) => new(Address.Parse(reader.ReadString()), reader.ReadInt32());

    public static void WriteAll<T>(this BinaryWriter writer, IReadOnlyCollection<T> items, Action<T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items) write(item);
    }

    public static List<T> ReadAll<T>(this BinaryReader reader, Func<T> read)
    {
        var count = reader.ReadInt32();
        var items = new List<T>();
        for (var i = 0; i < count; i++) items.Add(read());
        return items;
    }
}
