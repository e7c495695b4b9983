using System.Globalization;

namespace R1Reward.Data.Options;

/// <summary>
/// The rules that settings (HOCON) and options of reward terms (JSON entries) have in common, so that the same value is
/// accepted and refused with the same words wherever it stands.
/// </summary>
/// <remarks>
/// Durations are not among them: without a unit HOCON counts milliseconds and a term's option seconds.
/// </remarks>
public static class ValueRules
{
    /// <summary><c>on</c>, <c>off</c>, <c>true</c>, <c>false</c>, in any case.</summary>
    public static ValueRule<bool> Flag { get; } = new(TryFlag, "write on or off");

    /// <summary>A whole number within bounds, both included.</summary>
    public static ValueRule<int> Whole(int min, int max = int.MaxValue)
    {
        return new ValueRule<int>(TryWhole, max == int.MaxValue
            ? $"write a whole number, {min} or more"
            : $"write a whole number from {min} to {max}");

        bool TryWhole(string text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= min
            && value <= max;
    }

    /// <summary>
    /// A number within bounds, both included; <see cref="double.MinValue"/> and <see cref="double.MaxValue"/> stand for
    /// none.
    /// </summary>
    public static ValueRule<double> Number(double min = double.MinValue, double max = double.MaxValue)
    {
        return new ValueRule<double>(TryNumber, "write " + Range(min, max));

        bool TryNumber(string text, out double value) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && value >= min
            && value <= max;
    }

    /// <summary>One of an enumeration's names, written in lower case with dashes.</summary>
    public static ValueRule<T> OneOf<T>()
        where T : struct, Enum =>
        OneOf(EnumNames.Values<T>());

    /// <summary>One of the names of a table.</summary>
    public static ValueRule<T> OneOf<T>(IReadOnlyDictionary<string, T> names) =>
        new(names.TryGetValue, "write one of " + string.Join(", ", names.Keys));

    private static bool TryFlag(string text, out bool value)
    {
        var lower = text.ToLowerInvariant();
        value = lower is "on" or "true";
        return value || lower is "off" or "false";
    }

    private static string Range(double min, double max) => (min, max) switch
    {
        (double.MinValue, double.MaxValue) => "a number",
        (double.MinValue, _) => FormattableString.Invariant($"a number, {max} or less"),
        (_, double.MaxValue) => FormattableString.Invariant($"a number, {min} or more"),
        _ => FormattableString.Invariant($"a number from {min} to {max}"),
    };
}
