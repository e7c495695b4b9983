using System.IO.Compression;
using System.Reflection;

namespace R1Reward.Conformance.Surface;

/// <summary>
/// The official assemblies a stand-in stands for, where this machine has them: as packages in the folder
/// <c>R1_OFFICIAL_FEED</c>, or in NuGet's package folder. The version this project pins is preferred, else the newest there.
/// </summary>
internal static class OfficialPackages
{
    private static readonly string[] Frameworks = ["net10.0", "net9.0", "net8.0", "net6.0", "netstandard2.1", "netstandard2.0"];

    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Akka"] = ["Akka", "Akka.Coordination", "Akka.Discovery", "Akka.Remote", "Akka.Cluster", "Akka.Cluster.Tools"],
        ["Akka.TestKit.Xunit2"] = ["Akka", "Akka.TestKit", "Akka.TestKit.Xunit2"],
        ["TorchSharp"] = ["TorchSharp"],
        ["Microsoft.ML.Tokenizers"] = ["Microsoft.ML.Tokenizers"],
    };

    /// <summary>Null when the stand-in can be compared, else why not.</summary>
    public static string? WhyNot(string standIn)
    {
        if (Setting(standIn) == "official")
        {
            return $"built on the official {standIn}: there is no stand-in to compare";
        }

        var absent = Packages[standIn].Where(id => Find(id, standIn) is null).ToList();
        return absent.Count == 0
            ? null
            : $"official packages not found: {string.Join(", ", absent)}; set R1_OFFICIAL_FEED to a folder with their .nupkg files";
    }

    /// <summary>The official assemblies by simple name.</summary>
    public static Dictionary<string, byte[]> Load(string standIn) =>
        Packages[standIn].ToDictionary(id => id, id => Find(id, standIn)!());

    private static Func<byte[]>? Find(string id, string standIn) => InFeed(id, standIn) ?? InPackageFolder(id, standIn);

    private static Func<byte[]>? InFeed(string id, string standIn)
    {
        if (Environment.GetEnvironmentVariable("R1_OFFICIAL_FEED") is not { Length: > 0 } feed)
        {
            return null;
        }

        var versions = Directory.GetFiles(feed, id + ".*.nupkg")
            .Select(file => Path.GetFileNameWithoutExtension(file)[(id.Length + 1)..]);
        if (Choose(versions, standIn) is not { } version)
        {
            return null;
        }

        var package = Path.Combine(feed, $"{id}.{version}.nupkg");
        using var zip = ZipFile.OpenRead(package);
        var entry = Frameworks.Select(framework => $"lib/{framework}/{id}.dll").FirstOrDefault(name => zip.GetEntry(name) is not null);
        return entry is null ? null : () => Read(package, entry);
    }

    private static Func<byte[]>? InPackageFolder(string id, string standIn)
    {
        var root = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var folder = Path.Combine(root, id.ToLowerInvariant());
        if (!Directory.Exists(folder)
            || Choose(Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)), standIn) is not { } version)
        {
            return null;
        }

        var file = Frameworks.Select(framework => Path.Combine(folder, version, "lib", framework, id + ".dll")).FirstOrDefault(File.Exists);
        return file is null ? null : () => File.ReadAllBytes(file);
    }

    private static string? Choose(IEnumerable<string> versions, string standIn)
    {
        var usable = versions.Where(version => Version.TryParse(version, out _)).ToList();
        var pinned = Setting(standIn + "Version");
        return usable.Contains(pinned) ? pinned : usable.MaxBy(Version.Parse);
    }

    private static byte[] Read(string package, string entry)
    {
        using var zip = ZipFile.OpenRead(package);
        using var content = zip.GetEntry(entry)!.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>A setting of the build, written into this assembly by its project file.</summary>
    private static string Setting(string name) => typeof(OfficialPackages).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == name).Value!;
}
