namespace Akka.Util;

/// <summary>
/// Finds types named in configuration. The stand-in is one assembly, so "Akka.Cluster" and its like are looked up in it too.
/// </summary>
internal static class TypeLookup
{
    public static Type Find(string name)
    {
        if (Type.GetType(name) is { } found) return found;
        var comma = name.IndexOf(',');
        var assembly = comma < 0 ? "Akka" : name[(comma + 1)..].Trim();
        return assembly.StartsWith("Akka", StringComparison.Ordinal)
            ? typeof(TypeLookup).Assembly.GetType(comma < 0 ? name : name[..comma].Trim())
            : null;
    }

    public static Type Required(string name, string setting) => Find(name) ??
        throw new Configuration.ConfigurationException($"Setting [{setting}] names the type [{name}], which cannot be found.");
}
