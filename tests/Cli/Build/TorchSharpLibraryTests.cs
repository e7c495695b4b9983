using System.IO.Compression;
using System.Runtime.InteropServices;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Build;

/// <summary>
/// The copy of TorchSharp's native library in an output loads on systems with a libstdc++ older than GCC 13's.
/// </summary>
public sealed class TorchSharpLibraryTests
{
    private const string Entry = "runtimes/linux-x64/native/libLibTorchSharp.so";
    private const string TooNew = "GLIBCXX_3.4.32";

    private static readonly string _package = Path.Combine(
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        "torchsharp",
        typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3));

    [Fact]
    public void The_library_in_the_output_loads_without_the_newest_libstdc()
    {
        var library = Path.Combine(AppContext.BaseDirectory, Entry);

        NativeLibrary.Free(NativeLibrary.Load(library));

        var versions = ElfVersions.Read(library);
        Assert.Contains((TooNew, true), versions);
        Assert.All(versions, needed => Assert.Equal(needed.Version == TooNew, needed.Weak));
    }

    [Fact]
    public void The_library_in_the_package_cache_is_the_packages_own()
    {
        var cached = Path.Combine(_package, Entry);
        using var package = ZipFile.OpenRead(Path.Combine(_package, $"torchsharp.{Path.GetFileName(_package)}.nupkg"));
        using var original = new MemoryStream();
        using (var stream = package.GetEntry(Entry)!.Open())
        {
            stream.CopyTo(original);
        }

        Assert.Contains((TooNew, false), ElfVersions.Read(cached));
        Assert.True(
            File.ReadAllBytes(cached).AsSpan().SequenceEqual(original.ToArray()),
            $"{cached} was changed; delete {_package} and restore it");
    }
}
