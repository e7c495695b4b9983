using System.Text.Json;
using System.Text.Json.Serialization;

namespace R1Reward.Actors.Protocol;

/// <summary>Writes a work id as its text, so that a message names an item as the log does.</summary>
internal sealed class WorkIdConverter : JsonConverter<WorkId>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, WorkId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    /// <inheritdoc/>
    public override WorkId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return WorkId.Parse(reader.TokenType == JsonTokenType.String ? reader.GetString()! : "");
        }
        catch (FormatException error)
        {
            throw new JsonException(error.Message, error);
        }
    }
}
