using Mono.Cecil;
using Mono.Cecil.Cil;

namespace R1Reward.Structure.Tests;

/// <summary>
/// Which members of TorchSharp make a <c>Scalar</c> of their own, and where an assembly calls them. TorchSharp 0.107.0
/// hands the native handle of such a scalar over and keeps nothing that refers to the object: if a garbage collection
/// comes in between, the finalizer frees the number before the native call has read it.
/// </summary>
internal sealed class ScalarUses
{
    private const string Scalar = "TorchSharp.Scalar";
    private readonly HashSet<string> _makers = [];

    /// <summary>Finds the members that make a scalar, by themselves or by what they call.</summary>
    /// <param name="torchSharp">The path of TorchSharp.dll.</param>
    public ScalarUses(string torchSharp)
    {
        using var module = ModuleDefinition.ReadModule(torchSharp);
        var callers = new Dictionary<string, List<string>>();
        var open = new Stack<string>();
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            foreach (var called in Calls(method))
            {
                (callers.TryGetValue(called.FullName, out var list) ? list : callers[called.FullName] = [])
                    .Add(method.FullName);
            }

            if (Makes(method))
            {
                open.Push(method.FullName);
            }
        }

        while (open.TryPop(out var maker))
        {
            if (!_makers.Add(maker))
            {
                continue;
            }

            foreach (var caller in callers.GetValueOrDefault(maker, []))
            {
                open.Push(caller);
            }
        }
    }

    /// <summary>Calls of such members in an assembly.</summary>
    /// <param name="assembly">The path of the assembly.</param>
    /// <param name="allowed">The full name of the one type that may make scalars, since it keeps them.</param>
    /// <returns>A line for each: the caller and what it calls.</returns>
    public IReadOnlyList<string> Find(string assembly, string allowed)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        return
        [
            .. module.GetTypes()
                .Where(type => type.FullName != allowed)
                .SelectMany(type => type.Methods)
                .Where(method => method.HasBody)
                .SelectMany(method => Calls(method)
                    .Where(called => _makers.Contains(called.FullName))
                    .Select(called => $"{method.DeclaringType.FullName}.{method.Name} calls {called.FullName}"))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>A method whose result is a new scalar: a conversion, or a tensor's only element.</summary>
    private static bool Makes(MethodDefinition method) =>
        method.ReturnType.FullName == Scalar && !method.IsGetter;

    private static bool IsCall(Code code) => code is Code.Call or Code.Callvirt or Code.Newobj or Code.Ldftn;

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) =>
        method.Body.Instructions
            .Where(instruction => IsCall(instruction.OpCode.Code))
            .Select(instruction => ((MethodReference)instruction.Operand).GetElementMethod());
}
