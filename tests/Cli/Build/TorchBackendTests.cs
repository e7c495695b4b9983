using Newtonsoft.Json.Linq;
using R1Reward.Cli.Tests.Processes;

namespace R1Reward.Cli.Tests.Build;

/// <summary>The one property that chooses the tensor backend.</summary>
public sealed class TorchBackendTests
{
    private const string Project = "src/Policy/R1Reward.Policy.csproj";

    [Theory]
    [InlineData("TorchSharp-cuda-linux", "-p:TorchBackend=cuda")]
    [InlineData("TorchSharp, libtorch-cpu-linux-x64", "-p:TorchBackend=cpu")]
    [InlineData("TorchSharp-cuda-linux", "-p:R1_TORCH=cuda")]
    [InlineData("TorchSharp, libtorch-cpu-linux-x64", "-p:R1_TORCH=")]
    public async Task The_choice_names_its_packages_and_no_others(string packages, string choice)
    {
        var evaluated = await Finished.RunAsync("dotnet", "msbuild", Project, "-getItem:PackageReference", choice);

        Assert.Equal(0, evaluated.ExitCode);
        var torch = JObject.Parse(evaluated.Output)["Items"]!["PackageReference"]!
            .Select(item => (string)item["Identity"]!)
            .Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(packages, string.Join(", ", torch));
    }

    [Theory]
    [InlineData("-t:Restore")]
    [InlineData("-t:Build")]
    public async Task An_unknown_backend_is_one_clear_error(string target)
    {
        var refused = await Finished.RunAsync(
            "dotnet", "msbuild", Project, target, "-p:TorchBackend=rocm", "-v:quiet", "-nologo");

        Assert.NotEqual(0, refused.ExitCode);
        var line = Assert.Single(refused.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("error : TorchBackend is 'rocm'", line, StringComparison.Ordinal);
    }
}
