using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Http;

namespace R1Reward.Cli.Serving;

/// <summary>Reads single fields of a request body; null counts as left out.</summary>
internal static class RequestFields
{
    /// <summary>The value of a field; null where it is left out.</summary>
    public static JToken? Get(this JObject body, string field) =>
        body[field] is { Type: not JTokenType.Null } value ? value : null;

    /// <summary>True or false; false where it is left out.</summary>
    /// <exception cref="RefusedException">The field holds something else.</exception>
    public static bool GetFlag(this JObject body, string field) => body.Get(field) switch
    {
        null => false,
        JValue { Value: bool flag } => flag,
        _ => throw new RefusedException(400, $"{field} must be true or false"),
    };

    /// <summary>A whole number within bounds; null where it is left out.</summary>
    /// <exception cref="RefusedException">The field holds something else.</exception>
    public static int? GetWhole(this JObject body, string field, int min, int max) => body.Get(field) switch
    {
        null => null,
        JValue { Value: long number } when number >= min && number <= max => (int)number,
        _ when max == int.MaxValue => throw new RefusedException(400, $"{field} must be a whole number, {min} or more"),
        _ => throw new RefusedException(400, $"{field} must be a whole number from {min} to {max}"),
    };

    /// <summary>A number, or a default where it is left out.</summary>
    /// <exception cref="RefusedException">The field holds something else.</exception>
    public static double GetNumber(this JObject body, string field, double otherwise) => body.Get(field) switch
    {
        null => otherwise,
        JValue { Type: JTokenType.Integer or JTokenType.Float } number => (double)number,
        _ => throw new RefusedException(400, $"{field} must be a number"),
    };
}
