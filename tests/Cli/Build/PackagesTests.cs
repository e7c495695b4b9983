using System.Diagnostics;
using System.Net.Http.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Tests.Processes;
using R1Reward.Policy.Checkpoints;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Build;

/// <summary>
/// The packages as others take them, without a network: the tool is installed and run, and the program of
/// <c>examples/own-program</c> is built with two of the libraries. Slow, since libtorch is compressed and unpacked.
/// </summary>
[Trait("Category", "Slow")]
public sealed class PackagesTests : IDisposable
{
    // In no cache: a package that was restored once would be taken from there, whatever the sources say now.
    private const string Version = "0.0.1-test";

    private static readonly string[] _libraries = ["Actors", "Data", "Policy", "Rewards", "Rollout"];

    private static readonly string _cache =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_tool_and_a_program_of_ones_own_run_with_the_packages()
    {
        // An intermediate folder of its own, so that no build of these sources is touched.
        await DotnetAsync(
            "pack", "R1Reward.sln", "-c", "Release", "-o", _folder.At("packages"), "--artifacts-path",
            _folder.At("artifacts"), $"-p:Version={Version}");

        var libraries = _libraries.Select(name => $"R1Reward.{name}.{Version}").ToList();
        Assert.Equal(
            [
                .. libraries.Select(name => name + ".nupkg"), .. libraries.Select(name => name + ".snupkg"),
                $"r1reward.{Version}.nupkg",
            ],
            Directory.GetFiles(_folder.At("packages"))
                .Select(path => Path.GetFileName(path))
                .OrderBy(name => name.StartsWith('r'))
                .ThenBy(name => Path.GetExtension(name), StringComparer.Ordinal)
                .ThenBy(name => name, StringComparer.Ordinal));

        // What the packages need comes from the cache as it lies there; what is packed goes into a folder of its own.
        _folder.Write("NuGet.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{_folder.At("packages")}" />
                <add key="cache" value="{_cache}" />
              </packageSources>
              <fallbackPackageFolders><clear /><add key="cache" value="{_cache}" /></fallbackPackageFolders>
              <config><add key="globalPackagesFolder" value="{_folder.At("restored")}" /></config>
            </configuration>
            """);
        var model = TinyModel.Write(_folder.At("model"));
        new ModelCard("compact").Save(model);
        await CheckToolAsync(model);
        await CheckProgramAsync(model);
    }

    private async Task CheckToolAsync(string model)
    {
        var tool = _folder.At("tool");
        await DotnetAsync(
            "tool", "install", "r1reward", "--version", Version, "--tool-path", tool, "--configfile",
            _folder.At("NuGet.config"));

        var vote = await Finished.RunAsync(
            Path.Combine(tool, "r1reward"), "vote", "--model", model, "--device", "cpu", "--question", "q",
            "--response1", "a", "--response2", "b", "--k", "1", "--max-new-tokens", "2");
        Assert.True(vote.ExitCode == 0, vote.Error);
        Assert.StartsWith("1 pairs", vote.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(tool, "quickstart.conf", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(tool, "libSkiaSharp.dylib", SearchOption.AllDirectories));
    }

    private async Task CheckProgramAsync(string model)
    {
        var sources = Directory.GetFiles(Path.Combine(Fixtures.Repository, "examples", "own-program"));
        Directory.CreateDirectory(_folder.At("own-program"));
        foreach (var source in sources)
        {
            var content = await File.ReadAllTextAsync(source);
            _folder.Write(
                Path.Combine("own-program", Path.GetFileName(source)), content.Replace("\"0.1.0\"", $"\"{Version}\""));
        }

        await DotnetAsync("build", _folder.At("own-program"), "-c", "Release", "-o", _folder.At("own-program", "out"));

        var program = _folder.At("own-program", "out", "OwnProgram.dll");
        var vote = await Finished.RunAsync("dotnet", program, "vote", model, "q", "a", "b");
        Assert.True(vote.ExitCode == 0, vote.Error);
        Assert.StartsWith("VoteTally { First = ", vote.Output, StringComparison.Ordinal);

        using var server = Process.Start(
            new ProcessStartInfo("dotnet", [program, "serve"]) { RedirectStandardOutput = true })!;
        try
        {
            var address = await server.StandardOutput.ReadLineAsync();
            using var http = new HttpClient { BaseAddress = new Uri(address!) };
            string[] responses = ["", new string('x', 200)];
            using var reply = await http.PostAsJsonAsync(
                "compute", new { prompt = new[] { "p", "p" }, extra = new { response = responses } });
            var rewards = JObject.Parse(await reply.Content.ReadAsStringAsync())["rewards"]!;
            Assert.Equal([1.0, 0.5], rewards.Values<double>());
        }
        finally
        {
            server.Kill();
        }
    }

    private static async Task DotnetAsync(params string[] arguments)
    {
        var ended = await Finished.RunAsync("dotnet", [.. arguments, "-v", "quiet"]);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
    }
}
