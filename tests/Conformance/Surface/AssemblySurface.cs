using System.Reflection;
using System.Runtime.InteropServices;

namespace R1Reward.Conformance.Surface;

/// <summary>The types others can see in a set of assemblies, read without running any of their code.</summary>
internal sealed class AssemblySurface : IDisposable
{
    private readonly MetadataLoadContext _context;

    private AssemblySurface(Dictionary<string, byte[]> assemblies)
    {
        _context = new MetadataLoadContext(new Resolver(assemblies), "System.Private.CoreLib");
        Types = assemblies.Keys
            .SelectMany(name => _context.LoadFromAssemblyName(name).GetTypes())
            .Where(IsVisible)
            .ToDictionary(type => type.FullName!);
    }

    /// <summary>Public types, and nested ones that are public or protected, by full name.</summary>
    public IReadOnlyDictionary<string, Type> Types { get; }

    /// <summary>The surface of the stand-in beside this assembly.</summary>
    public static AssemblySurface OfStandIn(string name) =>
        new(new() { [name] = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name + ".dll")) });

    /// <summary>The surface of the official packages that a stand-in stands for.</summary>
    public static AssemblySurface OfOfficial(string standIn) => new(OfficialPackages.Load(standIn));

    public void Dispose() => _context.Dispose();

    private static bool IsVisible(Type type) => type.IsNested
        ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!)
        : type.IsPublic;

    /// <summary>The given assemblies first, then the runtime's, then what lies beside this one.</summary>
    private sealed class Resolver(Dictionary<string, byte[]> assemblies) : MetadataAssemblyResolver
    {
        public override Assembly? Resolve(MetadataLoadContext context, AssemblyName assemblyName)
        {
            if (assemblies.TryGetValue(assemblyName.Name!, out var bytes))
            {
                return context.LoadFromByteArray(bytes);
            }

            string[] folders = [RuntimeEnvironment.GetRuntimeDirectory(), AppContext.BaseDirectory];
            var file = folders.Select(folder => Path.Combine(folder, assemblyName.Name + ".dll")).FirstOrDefault(File.Exists);
            return file is null ? null : context.LoadFromAssemblyPath(file);
        }
    }
}
