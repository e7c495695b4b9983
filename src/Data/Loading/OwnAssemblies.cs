using System.Reflection;
using System.Runtime.Loader;

namespace R1Reward.Data.Loading;

/// <summary>
/// Loads a user's assembly with what lies beside it. What this program has loaded already is shared, so that the
/// interfaces of its classes are the same types on both sides.
/// </summary>
/// <param name="path">The assembly file.</param>
internal sealed class OwnAssemblies(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private readonly AssemblyDependencyResolver _resolver = new(path);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName name)
    {
        if (Default.Assemblies.FirstOrDefault(loaded => loaded.GetName().Name == name.Name) is { } shared)
        {
            return shared;
        }

        return _resolver.ResolveAssemblyToPath(name) is { } file ? LoadFromAssemblyPath(file) : null;
    }
}
