using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Akka.Serialization;

/// <summary>
/// The default serializer: JSON with .NET type names. Open to any type that a peer names; a closed system replaces it.
/// Refs travel as their path; boxed numbers keep their type.
/// </summary>
public class NewtonSoftJsonSerializer : Serializer
{
    public NewtonSoftJsonSerializer(ExtendedActorSystem system) : this(system, Config.Empty) { }

    public NewtonSoftJsonSerializer(ExtendedActorSystem system, Config config) : base(system)
    {
        Settings = new JsonSerializerSettings
        {
            PreserveReferencesHandling = config.GetBoolean("preserve-object-references", true) ? PreserveReferencesHandling.Objects : PreserveReferencesHandling.None,
            NullValueHandling = NullValueHandling.Ignore,
            DefaultValueHandling = DefaultValueHandling.Ignore,
            MissingMemberHandling = MissingMemberHandling.Ignore,
            ObjectCreationHandling = ObjectCreationHandling.Replace,
            ConstructorHandling = ConstructorHandling.AllowNonPublicDefaultConstructor,
            TypeNameHandling = config.GetBoolean("encode-type-names", true) ? TypeNameHandling.All : TypeNameHandling.None,
            ContractResolver = new PrivateSetters(),
            Converters = { new ActorRefConverter(system), new BoxedNumberConverter() }
        };
    }

    public JsonSerializerSettings Settings { get; }
    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(obj, Formatting.None, Settings));

    public override object FromBinary(byte[] bytes, Type type)
    {
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(bytes)));
        return Read(reader, type, JsonSerializer.Create(Settings));
    }

    // Read by the type names in the text; what has none is a boxed number or of the type asked for.
    private static object Read(JsonReader reader, Type type, JsonSerializer serializer)
    {
        var read = serializer.Deserialize(reader);
        if (read is not JObject json) return read;
        if (json["$"]?.Value<string>() is { } text) return BoxedNumberConverter.Parse(text);
        return type is null || type == typeof(object) ? json : json.ToObject(type, serializer);
    }

    private sealed class PrivateSetters : DefaultContractResolver
    {
        protected override JsonProperty CreateProperty(System.Reflection.MemberInfo member, MemberSerialization memberSerialization)
        {
            var property = base.CreateProperty(member, memberSerialization);
            if (!property.Writable && member is System.Reflection.PropertyInfo info) property.Writable = info.GetSetMethod(nonPublic: true) is not null;
            return property;
        }
    }

    private sealed class ActorRefConverter(ExtendedActorSystem system) : JsonConverter<IActorRef>
    {
        public override void WriteJson(JsonWriter writer, IActorRef value, JsonSerializer serializer) => writer.WriteValue(Serialization.SerializedActorPath(value));

        public override IActorRef ReadJson(JsonReader reader, Type objectType, IActorRef existingValue, bool hasExistingValue, JsonSerializer serializer) =>
            reader.Value is string path ? system.Provider.ResolveActorRef(path) : null;
    }

    /// <summary>int, float and decimal as {"$":"I7"}: JSON alone would bring them back as long or double.</summary>
    private sealed class BoxedNumberConverter : JsonConverter
    {
        public override bool CanConvert(Type objectType) => objectType == typeof(int) || objectType == typeof(float) || objectType == typeof(decimal) || objectType == typeof(object);

        public override void WriteJson(JsonWriter writer, object value, JsonSerializer serializer)
        {
            var text = value switch
            {
                int i => "I" + i.ToString(NumberFormatInfo.InvariantInfo),
                float f => "F" + f.ToString("R", NumberFormatInfo.InvariantInfo),
                _ => "M" + ((decimal)value).ToString(NumberFormatInfo.InvariantInfo)
            };
            writer.WriteStartObject();
            writer.WritePropertyName("$");
            writer.WriteValue(text);
            writer.WriteEndObject();
        }

        public override object ReadJson(JsonReader reader, Type objectType, object existingValue, JsonSerializer serializer) =>
            Read(reader, objectType, serializer);

        public static object Parse(string text) => text[0] switch
        {
            'I' => int.Parse(text.AsSpan(1), NumberFormatInfo.InvariantInfo),
            'F' => float.Parse(text.AsSpan(1), NumberFormatInfo.InvariantInfo),
            'M' => decimal.Parse(text.AsSpan(1), NumberFormatInfo.InvariantInfo),
            _ => throw new JsonSerializationException($"Not a number: {text}")
        };
    }
}
