using Akka.Actor;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>Objects to bytes and back; the identifier on the wire picks the serializer of the other side.</summary>
public abstract class Serializer
{
    protected readonly ExtendedActorSystem system;

    private readonly Lazy<int> _identifier;

    protected Serializer(ExtendedActorSystem system)
    {
        this.system = system;
        _identifier = new Lazy<int>(() => SerializerIdentifierHelper.GetSerializerIdentifierFromConfig(GetType(), system));
    }

    /// <summary>From <c>akka.actor.serialization-identifiers</c>, unless overridden.</summary>
    public virtual int Identifier => _identifier.Value;

    public abstract bool IncludeManifest { get; }
    public abstract byte[] ToBinary(object obj);
    public abstract object FromBinary(byte[] bytes, Type type);
    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T));
}

/// <summary>Names types by its own manifests rather than by .NET's names.</summary>
public abstract class SerializerWithStringManifest : Serializer
{
    protected SerializerWithStringManifest(ExtendedActorSystem system) : base(system) { }

    public sealed override bool IncludeManifest => true;
    public sealed override object FromBinary(byte[] bytes, Type type) => FromBinary(bytes, Serialization.QualifiedName(type));
    public abstract object FromBinary(byte[] bytes, string manifest);
    public abstract string Manifest(object o);
}

public static class SerializerIdentifierHelper
{
    public static int GetSerializerIdentifierFromConfig(Type type, ExtendedActorSystem system)
    {
        const string path = "akka.actor.serialization-identifiers";
        foreach (var (name, value) in system.Settings.Config.GetConfig(path).AsEnumerable())
            if (TypeLookup.Required(name, path) == type) return value.GetInt();
        throw new ArgumentException($"Couldn't find serializer id for [{type}] under [{path}] HOCON path", nameof(type));
    }
}

/// <summary>Bytes as they are.</summary>
public class ByteArraySerializer : Serializer
{
    public ByteArraySerializer(ExtendedActorSystem system) : base(system) { }

    public override bool IncludeManifest => false;
    public override byte[] ToBinary(object obj) => obj as byte[] ?? throw new NotSupportedException("The object to convert is not a byte array.");
    public override object FromBinary(byte[] bytes, Type type) => bytes;
}

public class NullSerializer : Serializer
{
    public NullSerializer(ExtendedActorSystem system) : base(system) { }

    public override int Identifier => 0;
    public override bool IncludeManifest => false;
    public override byte[] ToBinary(object obj) => [];
    public override object FromBinary(byte[] bytes, Type type) => null;
}
