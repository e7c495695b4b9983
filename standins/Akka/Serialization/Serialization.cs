using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>The address and system for which refs are being written.</summary>
public sealed class Information
{
    public Information(Address address, ActorSystem system)
    {
        Address = address;
        System = system;
    }

    public Address Address { get; }
    public ActorSystem System { get; }
}

/// <summary>The serializers of a system: by alias, by identifier, and by the most specific binding of a type.</summary>
public class Serialization
{
    [ThreadStatic]
    private static Information _transport;

    private readonly Dictionary<int, Serializer> _byId = [];
    private readonly Dictionary<string, Serializer> _byName = [];
    private readonly ConcurrentDictionary<Type, Serializer> _byType = new();
    private readonly Serializer _null;

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        _null = new NullSerializer(system);
        AddSerializer("null", _null);
        var actor = system.Settings.Config.GetConfig("akka.actor");
        var settings = actor.GetConfig("serialization-settings");
        foreach (var (alias, value) in actor.GetConfig("serializers").AsEnumerable())
        {
            if (TypeLookup.Find(value.GetString()) is not { } type)
            {
                system.Log.Warning("The type name for serializer '{0}' did not resolve to an actual Type: '{1}'", alias, value.GetString());
                continue;
            }

            var own = settings?.GetConfig(alias);
            AddSerializer(alias, (Serializer)(own.IsNullOrEmpty() ? Activator.CreateInstance(type, system) : Activator.CreateInstance(type, system, own)));
        }

        foreach (var (typeName, value) in actor.GetConfig("serialization-bindings").AsEnumerable())
        {
            if (TypeLookup.Find(typeName) is not { } type)
                system.Log.Warning("The type name for message/serializer binding '{0}' did not resolve to an actual Type: '{1}'", value.GetString(), typeName);
            else if (!_byName.TryGetValue(value.GetString(), out var serializer))
                system.Log.Warning("Serialization binding to non existing serializer: '{0}'", value.GetString());
            else
                AddSerializationMap(type, serializer);
        }
    }

    public ExtendedActorSystem System { get; }

    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action)
    {
        var before = _transport;
        _transport = system.Provider.SerializationInformation;
        try
        {
            return action();
        }
        finally
        {
            _transport = before;
        }
    }

    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest named => named.Manifest(msg),
        { IncludeManifest: true } => QualifiedName(msg.GetType()),
        _ => ""
    };

    /// <summary>A ref's path with the address of the system that writes it, and its uid.</summary>
    public static string SerializedActorPath(IActorRef actorRef)
    {
        if (actorRef is null) return "";
        var owner = (actorRef as LocalActorRef)?.Cell.System as ExtendedActorSystem;
        if (_transport is not { } transport)
            return owner?.Provider.DefaultAddress is { } own ? actorRef.Path.ToSerializationFormatWithAddress(own) : actorRef.Path.ToSerializationFormat();
        return owner is null || owner == transport.System
            ? actorRef.Path.ToSerializationFormatWithAddress(transport.Address)
            : actorRef.Path.ToSerializationFormatWithAddress(owner.Provider.GetExternalAddressFor(transport.Address) ?? owner.Provider.DefaultAddress);
    }

    public void AddSerializer(string name, Serializer serializer)
    {
        if (_byId.TryGetValue(serializer.Identifier, out var other) && other.GetType() != serializer.GetType() && System.Settings.LogSerializerOverrideOnStart)
            System.Settings.StdoutLogger.Tell(new Warning(nameof(Serialization), typeof(Serialization),
                $"Serializer with identifier [{serializer.Identifier}] is overridden from [{other.GetType()}] to [{serializer.GetType()}]. Did you mean to do this?"));
        _byId[serializer.Identifier] = serializer;
        _byName[name] = serializer;
    }

    public void AddSerializationMap(Type type, Serializer serializer) => _byType[type] = serializer;

    public byte[] Serialize(object o) => WithTransport(System, () => FindSerializerFor(o).ToBinary(o));

    public object Deserialize(byte[] bytes, int serializerId, Type type) => WithTransport(System, () => ById(serializerId, type?.Name).FromBinary(bytes, type));

    public object Deserialize(byte[] bytes, int serializerId, string manifest) => WithTransport(System, () => ById(serializerId, manifest) switch
    {
        SerializerWithStringManifest named => named.FromBinary(bytes, manifest),
        var other when string.IsNullOrEmpty(manifest) => other.FromBinary(bytes, (Type)null),
        var other => other.FromBinary(bytes, TypeLookup.Find(manifest) ??
            throw new SerializationException($"Cannot find manifest class [{manifest}] for serializer with id [{serializerId}]."))
    });

    public Serializer FindSerializerFor(object obj, string defaultSerializerName = null) =>
        obj is null ? _null : FindSerializerForType(obj.GetType(), defaultSerializerName);

    public Serializer FindSerializerForType(Type objectType, string defaultSerializerName = null)
    {
        if (_byType.TryGetValue(objectType, out var exact)) return exact;
        var found = _byType.FirstOrDefault(b => b.Key != typeof(object) && b.Key.IsAssignableFrom(objectType)).Value;
        if (found is null && defaultSerializerName is not null) _byName.TryGetValue(defaultSerializerName, out found);
        if (found is null && !_byType.TryGetValue(typeof(object), out found))
            throw new SerializationException($"Serializer not found for type {objectType.Name}");
        AddSerializationMap(objectType, found);
        return found;
    }

    internal static string QualifiedName(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    /// <summary>Writes and reads a message as <c>serialize-messages</c> asks; a wrapper is checked by what it holds and passed on itself.</summary>
    internal object RoundTrip(object message)
    {
        var inner = message;
        while (true)
        {
            if (inner is INoSerializationVerificationNeeded) return message;
            if (inner is not IWrappedMessage wrapper) break;
            inner = wrapper.Message;
        }

        object read;
        try
        {
            read = WithTransport(System, () =>
            {
                var serializer = FindSerializerFor(inner);
                return Deserialize(serializer.ToBinary(inner), serializer.Identifier, ManifestFor(serializer, inner));
            });
        }
        catch (Exception e)
        {
            throw new SerializationException($"Failed to serialize and deserialize payload object [{inner.GetType()}].", e);
        }

        return ReferenceEquals(inner, message) ? read : message;
    }

    internal void CheckCreator(Props props)
    {
        foreach (var argument in props.Arguments)
            if (argument is not null and not INoSerializationVerificationNeeded) RoundTrip(argument);
    }

    private Serializer ById(int id, string manifest) => _byId.TryGetValue(id, out var serializer)
        ? serializer
        : throw new SerializationException($"Cannot find serializer with id [{id}] (manifest [{manifest}]). The most probable reason" +
            " is that the configuration entry 'akka.actor.serializers' is not in sync between the two systems.");
}
