using Newtonsoft.Json.Linq;

namespace R1Reward.Cli.Serving;

/// <summary>A field of chat completion requests that is known by name.</summary>
/// <param name="Name">The field.</param>
/// <param name="Use">What the server does with it.</param>
/// <param name="Neutral">
/// Values of a refused field that change nothing and are taken, as JSON texts with commas between them.
/// </param>
internal sealed record GrmField(string Name, FieldUse Use, string Neutral = "")
{
    private readonly JArray _neutral = JArray.Parse($"[{Neutral}]");

    /// <summary>Whether a value of the field can be taken.</summary>
    public bool Allows(JToken value) => Use != FieldUse.Refused || _neutral.Any(neutral => Equal(neutral, value));

    // 0 and 0.0 are the same number to clients.
    private static bool Equal(JToken neutral, JToken value) => IsNumber(neutral) && IsNumber(value)
        ? (double)neutral == (double)value
        : JToken.DeepEquals(neutral, value);

    private static bool IsNumber(JToken value) => value.Type is JTokenType.Integer or JTokenType.Float;
}
