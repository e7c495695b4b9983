using Mono.Cecil;

namespace R1Reward.Structure.Tests;

/// <summary>Which namespaces of one compiled assembly use which others of it, with one example per pair.</summary>
/// <remarks>
/// Read from the compiled code: base types, interfaces, members, attributes and method bodies. What the compiler writes
/// out of the code, such as constants and names, is not seen.
/// </remarks>
public sealed class NamespaceGraph
{
    private readonly AssemblyDefinition _assembly;
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    private NamespaceGraph(AssemblyDefinition assembly)
    {
        _assembly = assembly;
        foreach (var type in assembly.MainModule.GetTypes())
        {
            foreach (var used in TypeUses.In(type))
            {
                Add(type, used);
            }
        }
    }

    /// <summary>Reads an assembly from its file.</summary>
    public static NamespaceGraph Read(string file)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(file);
        return new NamespaceGraph(assembly);
    }

    /// <summary>
    /// The groups of namespaces that reach each other (strongly connected components of two or more), each as one line
    /// per use inside the group: <c>A -> B (type of A uses type of B)</c>.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> Cycles()
    {
        var reach = _uses.Keys.ToDictionary(name => name, Reachable);
        return
        [
            .. _uses.Keys
                .Where(name => reach[name].Contains(name))
                .GroupBy(name => string.Join(", ", reach[name].Where(other => ReachesBack(reach, other, name)).Order()))
                .Select(group => UsesWithin([.. group])),
        ];
    }

    private static bool ReachesBack(Dictionary<string, HashSet<string>> reach, string other, string name) =>
        reach.TryGetValue(other, out var back) && back.Contains(name);

    private HashSet<string> Reachable(string start)
    {
        HashSet<string> seen = [];
        Stack<string> open = new([start]);
        while (open.TryPop(out var name))
        {
            if (!_uses.TryGetValue(name, out var uses))
            {
                continue;
            }

            foreach (var used in uses.Keys.Where(seen.Add))
            {
                open.Push(used);
            }
        }

        return seen;
    }

    private IReadOnlyList<string> UsesWithin(HashSet<string> group) =>
    [
        .. group.Order(StringComparer.Ordinal).SelectMany(name => _uses[name]
            .Where(use => group.Contains(use.Key))
            .Select(use => $"{name} -> {use.Key} ({use.Value})")),
    ];

    private void Add(TypeDefinition type, TypeReference used)
    {
        if (used.Scope != _assembly.MainModule)
        {
            return;
        }

        var (user, target) = (Outermost(type), Outermost(used));
        if (user.Namespace == target.Namespace || user.Namespace.Length == 0 || target.Namespace.Length == 0)
        {
            return;
        }

        if (!_uses.TryGetValue(user.Namespace, out var uses))
        {
            _uses[user.Namespace] = uses = new SortedDictionary<string, string>(StringComparer.Ordinal);
        }

        uses.TryAdd(target.Namespace, $"{user.Name} uses {target.Name}");
    }

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type;
    }
}
