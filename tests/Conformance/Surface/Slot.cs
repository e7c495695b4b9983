using System.Globalization;
using System.Reflection;

namespace R1Reward.Conformance.Surface;

/// <summary>A parameter, a result or a field's value, as the compiler sees it.</summary>
/// <param name="Name">The parameter's name; empty for a result.</param>
/// <param name="Type">Type, direction, <c>params</c>, tuple element names.</param>
/// <param name="Nullability">Per reference type, outermost first: <c>?</c> may be null, <c>!</c> never, <c>~</c> not said, which agrees with both.</param>
/// <param name="Default">The default value as text, null without one.</param>
internal sealed record Slot(string Name, string Type, string Nullability, string? Default)
{
    /// <summary>Reads a parameter or a method's result.</summary>
    public static Slot Of(ParameterInfo parameter)
    {
        var attributes = parameter.GetCustomAttributesData();
        var direction = parameter.IsOut ? "out " : parameter.IsIn ? "in " : "";
        var several = attributes.Any(attribute => attribute.AttributeType.Name == "ParamArrayAttribute") ? "params " : "";
        return new Slot(
            parameter.Position < 0 ? "" : parameter.Name!,
            direction + several + TypeText.Name(parameter.ParameterType) + TupleNames(attributes),
            Text(new NullabilityInfoContext().Create(parameter)),
            parameter is { Position: >= 0, HasDefaultValue: true } ? Convert.ToString(parameter.RawDefaultValue, CultureInfo.InvariantCulture) : null);
    }

    /// <summary>Reads a field's type.</summary>
    public static Slot Of(FieldInfo field) => new(
        "", TypeText.Name(field.FieldType) + TupleNames(field.GetCustomAttributesData()), Text(new NullabilityInfoContext().Create(field)), null);

    /// <summary>Whether code written against this slot compiles, without a new warning, against the official one.</summary>
    public bool Allows(Slot official) =>
        Name == official.Name && Type == official.Type && (Default is null || Default == official.Default)
        && Nullability.Zip(official.Nullability).All(pair => pair.First == pair.Second || pair.First == '~' || pair.Second == '~');

    /// <inheritdoc/>
    public override string ToString() => $"{Type}{Nullability} {Name}{(Default is null ? "" : $" = {(Default.Length == 0 ? "null" : Default)}")}".Trim();

    private static string TupleNames(IEnumerable<CustomAttributeData> attributes) => string.Concat(attributes
        .Where(attribute => attribute.AttributeType.Name == "TupleElementNamesAttribute")
        .SelectMany(attribute => (IEnumerable<CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)
        .Select(element => $" ({element.Value})"));

    private static string Text(NullabilityInfo info)
    {
        var own = info.Type.IsValueType ? "" : info.ReadState switch
        {
            NullabilityState.Nullable => "?",
            NullabilityState.NotNull => "!",
            _ => "~",
        };
        return own + (info.ElementType is { } element ? Text(element) : "") + string.Concat(info.GenericTypeArguments.Select(Text));
    }
}
