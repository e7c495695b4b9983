namespace Akka.Util;

/// <summary>
/// Finds types named in configuration. The stand-in has fewer assemblies: "Akka.Cluster" and its like are looked up in
/// this one, "Akka.TestKit" in that of the TestKit.
/// </summary>
internal static class TypeLookup
{
    public static Type Find(string name)
    {
        if (Type.GetType(name) is { } found) return found;
        var comma = name.IndexOf(',');
        var assembly = comma < 0 ? "Akka" : name[(comma + 1)..].Trim();
        if (assembly == "Akka.TestKit") return Type.GetType(name + ".Xunit2");
        return assembly.StartsWith("Akka", StringComparison.Ordinal)
            ? typeof(TypeLookup).Assembly.GetType(comma < 0 ? name : name[..comma].Trim())
            : null;
    }

    public static Type Required(string name, string setting) => Find(name) ??
        throw new Configuration.ConfigurationException($"Setting [{setting}] names the type [{name}], which cannot be found.");
}
