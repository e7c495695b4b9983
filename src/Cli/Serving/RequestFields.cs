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
    /// <param name="body">The request.</param>
    /// <param name="field">The field, whose value may be written as 5 or 5.0.</param>
    /// <param name="min">The smallest allowed value.</param>
    /// <param name="max">The largest allowed value.</param>
    /// <param name="off">A value by which clients say that they leave the field out, for example -1.</param>
    /// <exception cref="RefusedException">The field holds something else.</exception>
    public static long? GetWhole(this JObject body, string field, long min, long max, long? off = null)
    {
        if (body.Get(field) is not { } value || (off is not null && Whole(value) == off))
        {
            return null;
        }

        if (Whole(value) is { } number && number >= min && number <= max)
        {
            return number;
        }

        var range = (min, max) switch
        {
            (long.MinValue, _) => "",
            (_, int.MaxValue) => $", {min} or more",
            _ => $" from {min} to {max}",
        };
        var alternative = off is null ? "" : $", or {off} to leave it out";
        throw new RefusedException(400, $"{field} must be a whole number{range}{alternative}");
    }

    /// <summary>A number, or a default where it is left out.</summary>
    /// <param name="body">The request.</param>
    /// <param name="field">The field.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="isAllowed">Whether the field may have a value.</param>
    /// <param name="rule">The rule in words: "above 0".</param>
    /// <exception cref="RefusedException">The field holds something else.</exception>
    public static double GetNumber(
        this JObject body, string field, double otherwise, Func<double, bool> isAllowed, string rule) =>
        body.Get(field) switch
        {
            null => otherwise,
            JValue { Type: JTokenType.Integer or JTokenType.Float } number when isAllowed((double)number) =>
                (double)number,
            _ => throw new RefusedException(400, $"{field} must be a number {rule}"),
        };

    private static long? Whole(JToken value) => value switch
    {
        JValue { Value: long number } => number,
        JValue { Value: double number } when Math.Truncate(number) == number && Math.Abs(number) < 1L << 53 =>
            (long)number,
        _ => null,
    };
}
