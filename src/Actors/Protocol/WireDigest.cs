using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace R1Reward.Actors.Protocol;

/// <summary>
/// The language that this build speaks, in few letters: two builds with the same digest have the same messages under
/// the same names, with the same fields of the same types.
/// </summary>
internal static class WireDigest
{
    /// <summary>The digest of <see cref="WireTypes"/>.</summary>
    public static string OfWire { get; } = Of(Describe());

    /// <summary>A short digest of lines; their order does not matter.</summary>
    public static string Of(IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines.Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
    }

    private static IEnumerable<string> Describe()
    {
        var described = new HashSet<Type>();
        foreach (var type in WireTypes.Messages)
        {
            yield return $"{WireTypes.ManifestOf(type)} {type}";
            Add(type, described);
        }

        foreach (var (name, type) in WireTypes.Payloads)
        {
            yield return $"{name} {type}";
            Add(type, described);
        }

        foreach (var type in described)
        {
            yield return Describe(type);
        }
    }

    private static string Describe(Type type) => type.IsEnum
        ? $"{type}: {string.Join(' ', Enum.GetNames(type))}"
        : $"{type}: {string.Join(' ', Fields(type).Select(field => $"{field.Name}={field.PropertyType}"))}";

    // A type with all of this program's types that its fields are made of.
    private static void Add(Type type, HashSet<Type> described)
    {
        foreach (var part in type.GetGenericArguments())
        {
            Add(part, described);
        }

        var isOurs = type.FullName?.StartsWith("R1Reward.", StringComparison.Ordinal) == true;
        if (isOurs && described.Add(type))
        {
            foreach (var field in Fields(type))
            {
                Add(field.PropertyType, described);
            }
        }
    }

    private static IEnumerable<PropertyInfo> Fields(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .OrderBy(field => field.Name, StringComparer.Ordinal);
}
