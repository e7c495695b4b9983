using System.Reflection;

namespace R1Reward.Conformance.Surface;

/// <summary>What one surface offers and another does not.</summary>
internal static class SurfaceComparison
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>One line per type or member of <paramref name="own"/> that <paramref name="official"/> does not have alike.</summary>
    public static IReadOnlyList<string> Differences(AssemblySurface own, AssemblySurface official) =>
        [.. own.Types.SelectMany(type => official.Types.TryGetValue(type.Key, out var counterpart)
                ? TypeDifferences(type.Value, counterpart).Concat(MemberDifferences(type.Value, counterpart)).Select(text => $"{type.Key}: {text}")
                : [$"{type.Key}: no such type"])
            .Order(StringComparer.Ordinal)];

    /// <summary>A stand-in may be stricter, such as sealed where the official type is open, and may lack bases and interfaces.</summary>
    private static IEnumerable<string> TypeDifferences(Type own, Type official)
    {
        if (TypeText.Kind(own) != TypeText.Kind(official))
        {
            yield return $"is a {TypeText.Kind(own)}, officially a {TypeText.Kind(official)}";
        }

        if ((official.IsSealed && !own.IsSealed) || (official.IsAbstract && !own.IsAbstract))
        {
            yield return "can be created or derived from, the official type cannot";
        }

        var known = Bases(official).Concat(official.GetInterfaces()).Select(TypeText.Name).ToHashSet();
        foreach (var extra in Bases(own).Take(1).Concat(own.GetInterfaces()).Where(type => type.IsVisible).Select(TypeText.Name).Except(known))
        {
            yield return $"is a {extra}, which the official type is not";
        }

        var (mine, theirs) = (TypeText.Constraints(own.GetGenericArguments()), TypeText.Constraints(official.GetGenericArguments()));
        if (mine != theirs)
        {
            yield return $"constraints {mine} officially {theirs}";
        }
    }

    private static IEnumerable<string> MemberDifferences(Type own, Type official)
    {
        var bases = official.IsInterface ? official.GetInterfaces() : Bases(official);
        var inherited = bases.SelectMany(Members).Where(member => !member.Key.StartsWith(".ctor", StringComparison.Ordinal));
        var there = Members(official).Concat(inherited).ToLookup(member => member.Key);
        return Members(own)
            .Where(member => !there[member.Key].Any(member.Allows))
            .Select(member => there[member.Key].FirstOrDefault() is { } closest
                ? $"{member}\n    officially {closest}"
                : $"{member}\n    officially absent");
    }

    private static IEnumerable<Type> Bases(Type type)
    {
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            yield return parent;
        }
    }

    /// <summary>Members that code outside the assembly can use; properties and events by their accessors.</summary>
    private static IEnumerable<Signature> Members(Type type) => type.GetMembers(Declared)
        .Where(member => member switch
        {
            MethodBase { IsPublic: false, DeclaringType.IsSealed: true } => false,
            ConstructorInfo { IsStatic: true } => false,
            MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
            FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
            _ => false,
        })
        .Select(Signature.Of);
}
