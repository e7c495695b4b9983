using System.Globalization;
using R1Reward.Data.Pairs;

namespace R1Reward.Cli.Evaluating;

/// <summary>How LightRFT's files write counts, numbers and labels.</summary>
internal static class PublishedShare
{
    /// <summary>A share in percent with its counts: <c>53.84% (7/13)</c>.</summary>
    public static string Of(int part, int whole) => string.Create(
        CultureInfo.InvariantCulture, $"{(whole == 0 ? 0 : 100.0 * part / whole):0.00}% ({part}/{whole})");

    /// <summary>A number with six decimals.</summary>
    public static string Number(double value) => value.ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>A label as a letter; null for an unknown one.</summary>
    public static string? Letter(PreferenceLabel? label) => label switch
    {
        PreferenceLabel.First => "A",
        PreferenceLabel.Second => "B",
        PreferenceLabel.Tie => "C",
        _ => null,
    };
}
