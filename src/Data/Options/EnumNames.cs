using System.Text;

namespace R1Reward.Data.Options;

/// <summary>
/// The names that stand in files for the values of an enumeration: <c>StableReinforce</c> is <c>stable-reinforce</c>.
/// </summary>
public static class EnumNames
{
    /// <summary>The name of a value.</summary>
    public static string Dashed<T>(T value)
        where T : struct, Enum
    {
        var dashed = new StringBuilder();
        foreach (var c in value.ToString())
        {
            if (char.IsUpper(c) && dashed.Length > 0)
            {
                dashed.Append('-');
            }

            dashed.Append(char.ToLowerInvariant(c));
        }

        return dashed.ToString();
    }

    /// <summary>The values of an enumeration by their names, in the order of their declaration.</summary>
    public static Dictionary<string, T> Values<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToDictionary(Dashed);
}
