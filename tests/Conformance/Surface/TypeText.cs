using System.Globalization;

namespace R1Reward.Conformance.Surface;

/// <summary>Types as text without assemblies, so that two sets of assemblies can be compared.</summary>
internal static class TypeText
{
    /// <summary>The name with its type arguments; generic parameters by position.</summary>
    public static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return (type.DeclaringMethod is null ? "!" : "!!") + type.GenericParameterPosition.ToString(CultureInfo.InvariantCulture);
        }

        if (type.HasElementType)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? $"[{new string(',', type.GetArrayRank() - 1)}]" : type.IsByRef ? "&" : "*");
        }

        return type.IsGenericType
            ? $"{type.GetGenericTypeDefinition().FullName}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.FullName!;
    }

    /// <summary>The constraints of the generic parameters among some types.</summary>
    public static string Constraints(IEnumerable<Type> types) => string.Concat(types.Where(type => type.IsGenericParameter).Select(type =>
        $"{Name(type)}: {type.GenericParameterAttributes} {string.Join(", ", type.GetGenericParameterConstraints().Select(Name).Order())};"));

    /// <summary>Class, interface, struct or enum.</summary>
    public static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : "class";
}
