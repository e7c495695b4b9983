using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// JSON of wire messages and batches: token arrays as base64, work and results by name out of a closed set.
/// </summary>
internal static class WireJson
{
    private static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings
    {
        TypeNameHandling = TypeNameHandling.None,
        NullValueHandling = NullValueHandling.Ignore,
        Converters =
        {
            new StringEnumConverter(),
            new ArrayConverter<int>(),
            new ArrayConverter<float>(),
            new PayloadConverter(),
            new WorkIdConverter(),
        },
    });

    /// <summary>Writes a value as UTF-8 JSON.</summary>
    public static byte[] Write(object value)
    {
        using var bytes = new MemoryStream();
        using (var writer = new StreamWriter(bytes, new UTF8Encoding(false)))
        {
            Serializer.Serialize(writer, value);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a value of a known type.</summary>
    /// <exception cref="JsonException">The bytes are not such a value.</exception>
    public static object Read(byte[] bytes, Type type)
    {
        using var reader = new JsonTextReader(new StreamReader(new MemoryStream(bytes)));
        return Serializer.Deserialize(reader, type)
            ?? throw new JsonSerializationException("null where a " + type.Name + " is expected");
    }

    /// <summary>Reads a value of a known type.</summary>
    /// <exception cref="JsonException">The bytes are not such a value.</exception>
    public static T Read<T>(byte[] bytes)
        where T : class => (T)Read(bytes, typeof(T));

    private sealed class ArrayConverter<T> : JsonConverter<ImmutableArray<T>>
        where T : unmanaged
    {
        public override void WriteJson(JsonWriter writer, ImmutableArray<T> value, JsonSerializer serializer) =>
            writer.WriteValue(Convert.ToBase64String(MemoryMarshal.AsBytes(value.AsSpan())));

        public override ImmutableArray<T> ReadJson(
            JsonReader reader,
            Type objectType,
            ImmutableArray<T> existingValue,
            bool hasExistingValue,
            JsonSerializer serializer) =>
            [.. MemoryMarshal.Cast<byte, T>(Convert.FromBase64String((string)reader.Value!))];
    }

    private sealed class PayloadConverter : JsonConverter
    {
        private static readonly Dictionary<Type, string> Names =
            WireTypes.Payloads.ToDictionary(pair => pair.Value, pair => pair.Key);

        // Entered once per payload: inside it the converter steps aside so that the members are written as usual.
        [ThreadStatic]
        private static bool inside;

        public override bool CanConvert(Type objectType) => !inside
            && (typeof(WorkPayload).IsAssignableFrom(objectType) || typeof(WorkResult).IsAssignableFrom(objectType));

        public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer)
        {
            var json = Plainly(() => JObject.FromObject(value!, serializer));
            json.AddFirst(new JProperty("is", Names[value!.GetType()]));
            json.WriteTo(writer);
        }

        public override object? ReadJson(
            JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
        {
            var json = JObject.Load(reader);
            var name = (string?)json["is"];
            if (name is null
                || !WireTypes.Payloads.TryGetValue(name, out var type)
                || !objectType.IsAssignableFrom(type))
            {
                throw new JsonSerializationException($"'{name}' is not a {objectType.Name}");
            }

            return Plainly(() => json.ToObject(type, serializer));
        }

        private static T Plainly<T>(Func<T> convert)
        {
            inside = true;
            try
            {
                return convert();
            }
            finally
            {
                inside = false;
            }
        }
    }
}
