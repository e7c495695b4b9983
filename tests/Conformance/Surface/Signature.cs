using System.Globalization;
using System.Reflection;

namespace R1Reward.Conformance.Surface;

/// <summary>A method, constructor, accessor or field, as far as code outside its assembly can depend on it.</summary>
/// <param name="Key">What the compiler binds by: static or not, name, arity, parameter types.</param>
/// <param name="Access">public or protected.</param>
/// <param name="Dispatch">virtual or abstract where the member introduces it, else empty.</param>
/// <param name="Result">The result, or a field's value.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="Rest">Constraints, <c>this</c> of an extension, <c>init</c>, a constant's value.</param>
internal sealed record Signature(string Key, string Access, string Dispatch, Slot Result, IReadOnlyList<Slot> Parameters, string Rest)
{
    /// <summary>Reads a member.</summary>
    public static Signature Of(MemberInfo member) => member switch
    {
        FieldInfo field => new($"{(field.IsStatic ? "static " : "")}field {field.Name}", field.IsPublic ? "public" : "protected", "",
            Slot.Of(field), [], field.IsLiteral ? "= " + Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture) : ""),
        MethodInfo method => Of(method, Slot.Of(method.ReturnParameter), string.Concat(
            TypeText.Constraints(method.GetGenericArguments()),
            method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "ExtensionAttribute") ? "this" : "",
            method.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit") ? "init" : "")),
        _ => Of((MethodBase)member, new Slot("", "", "", null), ""),
    };

    /// <summary>Whether code written against this member compiles against the official one: it may offer less, not more.</summary>
    public bool Allows(Signature official) =>
        (Access == official.Access || official.Access == "public")
        && (Dispatch.Length == 0 || Dispatch == official.Dispatch || (Dispatch == "abstract" && official.Dispatch == "virtual"))
        && Result.Allows(official.Result)
        && Parameters.Zip(official.Parameters).All(pair => pair.First.Allows(pair.Second))
        && Rest == official.Rest;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Access} {Dispatch} {Result} {Key[..(Key.IndexOf('(', StringComparison.Ordinal) is var end and > 0 ? end : Key.Length)]}({string.Join(", ", Parameters)}) {Rest}";

    private static Signature Of(MethodBase method, Slot result, string rest)
    {
        var parameters = method.GetParameters();
        var arity = method.IsGenericMethod ? "`" + method.GetGenericArguments().Length.ToString(CultureInfo.InvariantCulture) : "";
        var types = string.Join(", ", parameters.Select(parameter => TypeText.Name(parameter.ParameterType)));
        return new Signature(
            $"{(method.IsStatic ? "static " : "")}{method.Name}{arity}({types})",
            method.IsPublic ? "public" : "protected",
            !method.Attributes.HasFlag(MethodAttributes.NewSlot) || method.IsFinal || method.DeclaringType!.IsInterface ? ""
                : method.IsAbstract ? "abstract" : "virtual",
            result,
            [.. parameters.Select(Slot.Of)],
            rest);
    }
}
