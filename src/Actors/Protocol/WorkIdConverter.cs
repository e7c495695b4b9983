using Newtonsoft.Json;

namespace R1Reward.Actors.Protocol;

/// <summary>Writes a work id as its text, so that a message names an item as the log does.</summary>
internal sealed class WorkIdConverter : JsonConverter<WorkId>
{
    /// <inheritdoc/>
    public override void WriteJson(JsonWriter writer, WorkId value, JsonSerializer serializer) =>
        writer.WriteValue(value.ToString());

    /// <inheritdoc/>
    public override WorkId ReadJson(
        JsonReader reader, Type objectType, WorkId existingValue, bool hasExistingValue, JsonSerializer serializer)
    {
        try
        {
            return WorkId.Parse(reader.Value as string ?? "");
        }
        catch (FormatException error)
        {
            throw new JsonSerializationException(error.Message, error);
        }
    }
}
