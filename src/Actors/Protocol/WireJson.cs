using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// JSON of wire messages and batches: token arrays as base64, work and results by name out of a closed set.
/// </summary>
internal static class WireJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NamePayloads, LeaveOutNulls } },
        Converters =
        {
            new JsonStringEnumConverter(),
            new ArrayConverter<int>(),
            new ArrayConverter<float>(),
            new WorkIdConverter(),
        },
    };

    /// <summary>Writes a value as UTF-8 JSON.</summary>
    public static byte[] Write(object value) => JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Options);

    /// <summary>Reads a value of a known type.</summary>
    /// <exception cref="JsonException">The bytes are not such a value.</exception>
    public static object Read(byte[] bytes, Type type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type, Options)
                ?? throw new JsonException($"null where a {type.Name} is expected");
        }
        catch (NotSupportedException error)
        {
            // Work or a result that does not say which.
            throw new JsonException(error.Message, error);
        }
    }

    /// <summary>Reads a value of a known type.</summary>
    /// <exception cref="JsonException">The bytes are not such a value.</exception>
    public static T Read<T>(byte[] bytes)
        where T : class => (T)Read(bytes, typeof(T));

    private static void NamePayloads(JsonTypeInfo json)
    {
        if (json.Type == typeof(WorkPayload) || json.Type == typeof(WorkResult))
        {
            json.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "is" };
            foreach (var (name, type) in WireTypes.Payloads.Where(pair => pair.Value.IsSubclassOf(json.Type)))
            {
                json.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(type, name));
            }
        }
    }

    // What is not written is null again, also where the type wants it said.
    private static void LeaveOutNulls(JsonTypeInfo json)
    {
        foreach (var property in json.Properties.Where(property => property.IsSetNullable))
        {
            property.IsRequired = false;
        }
    }

    private sealed class ArrayConverter<T> : JsonConverter<ImmutableArray<T>>
        where T : unmanaged
    {
        public override void Write(Utf8JsonWriter writer, ImmutableArray<T> value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes(value.AsSpan()));

        public override ImmutableArray<T> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            [.. MemoryMarshal.Cast<byte, T>(reader.GetBytesFromBase64())];
    }
}
