using System.Text.Json;

namespace R1Reward.Rewards.Http;

/// <summary>
/// Refuses texts with half of a surrogate pair. UTF-8 has none, but an escape can write one: clients do that where they
/// cut a text within an emoji. No tokenizer reads it, and the JSON reader would put another character in its place.
/// </summary>
internal static class WholeCharacters
{
    /// <summary>Looks at every text of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="place">Where it stands, for example <c>messages[0].content</c>; empty for the whole body.</param>
    /// <exception cref="RefusedException">400 with the place of the first text that is cut.</exception>
    public static void Require(JsonElement value, string place = "")
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in value.EnumerateObject())
                {
                    Require(field.Value, place.Length == 0 ? field.Name : $"{place}.{field.Name}");
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Require(item, $"{place}[{index}]");
                }

                break;
            case JsonValueKind.String when !IsWhole(value):
                throw new RefusedException(400, $"{place} holds half of a surrogate pair, which is no character");
        }
    }

    private static bool IsWhole(JsonElement text)
    {
        try
        {
            _ = text.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
