using System.Globalization;

namespace R1Reward.Data.Text;

/// <summary>How tables and reports write shares.</summary>
public static class Percent
{
    /// <summary>
    /// A share of 0-1 in percent, for example <c>98.2 %</c>; <c>unknown</c> where nothing was counted.
    /// </summary>
    public static string Format(double? share) =>
        share is { } known ? known.ToString("0.0 %", CultureInfo.InvariantCulture) : "unknown";
}
