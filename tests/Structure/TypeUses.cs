using Mono.Cecil;

namespace R1Reward.Structure.Tests;

/// <summary>The types that a compiled type mentions in its declaration, its members and their bodies.</summary>
public static class TypeUses
{
    /// <summary>
    /// Every mentioned type, generic arguments and element types taken apart; the same type may come twice.
    /// </summary>
    public static IEnumerable<TypeReference> In(TypeDefinition type) => Mentions(type).SelectMany(Parts);

    private static IEnumerable<TypeReference?> Mentions(TypeDefinition type)
    {
        IEnumerable<TypeReference?> declaration =
        [
            type.BaseType,
            .. type.Interfaces.Select(one => one.InterfaceType),
            .. type.CustomAttributes.Select(one => one.AttributeType),
            .. type.GenericParameters.SelectMany(one => one.Constraints).Select(one => one.ConstraintType),
            .. type.Fields.Select(one => one.FieldType),
            .. type.Properties.Select(one => one.PropertyType),
            .. type.Events.Select(one => one.EventType),
        ];
        return declaration.Concat(type.Methods.SelectMany(Mentions));
    }

    private static IEnumerable<TypeReference?> Mentions(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature =
        [
            method.ReturnType,
            .. method.Parameters.Select(one => one.ParameterType),
            .. method.GenericParameters.SelectMany(one => one.Constraints).Select(one => one.ConstraintType),
        ];
        if (!method.HasBody)
        {
            return signature;
        }

        return signature
            .Concat(method.Body.Variables.Select(one => one.VariableType))
            .Concat(method.Body.ExceptionHandlers.Select(one => one.CatchType))
            .Concat(method.Body.Instructions.SelectMany(one => Mentions(one.Operand)));
    }

    private static IEnumerable<TypeReference?> Mentions(object? operand) => operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [.. Parts(generic.ElementType), .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification composed => Parts(composed.ElementType),
        _ => [type],
    };
}
