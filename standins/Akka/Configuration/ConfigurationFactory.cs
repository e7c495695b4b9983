using System.Reflection;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

public class ConfigurationFactory
{
    public static Config Empty => ParseString("");

    public static Config ParseString(string hocon, Func<string, HoconRoot> includeCallback) => new(Parser.Parse(hocon, includeCallback));
    public static Config ParseString(string hocon) => ParseString(hocon, null);

    /// <summary>The configuration of a system created without one; this process has no app.config section, so it is empty.</summary>
    public static Config Load() => Empty;

    /// <summary>The reference configuration of the core.</summary>
    public static Config Default() => FromResource("Akka.Configuration.reference.conf", typeof(ConfigurationFactory).Assembly);

    public static Config FromResource<TAssembly>(string resourceName) => FromResource(resourceName, typeof(TAssembly).Assembly);

    public static Config FromResource(string resourceName, object instanceInAssembly) =>
        FromResource(resourceName, instanceInAssembly as Assembly ?? (instanceInAssembly as Type ?? instanceInAssembly.GetType()).Assembly);

    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream(resourceName) ??
            throw new ArgumentException($"No resource [{resourceName}] in [{assembly}].", nameof(resourceName));
        using var reader = new StreamReader(stream);
        return ParseString(reader.ReadToEnd());
    }
}
