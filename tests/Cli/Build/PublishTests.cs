using R1Reward.Cli.Tests.Processes;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Build;

/// <summary>A published folder is complete by itself: it can be moved to another machine.</summary>
[Trait("Category", "Slow")]
public sealed class PublishTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData()]
    [InlineData("-r", "linux-x64", "--self-contained", "false")]
    public async Task A_published_program_holds_real_files_and_works(params string[] options)
    {
        // Its own intermediate folder, so that no build of these sources is touched.
        string[] arguments =
        [
            "publish",
            "src/Cli",
            "-c",
            "Release",
            "-o",
            _folder.At("program"),
            "--artifacts-path",
            _folder.At("artifacts"),
            "-v",
            "quiet",
            "--nologo",
        ];
        var published = await Finished.RunAsync("dotnet", [.. arguments, .. options]);

        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        var files = Directory.GetFiles(_folder.At("program"), "*", SearchOption.AllDirectories);
        Assert.All(files, file => Assert.Null(new FileInfo(file).LinkTarget));
        Assert.Single(files, file => Path.GetFileName(file).StartsWith("libSkiaSharp", StringComparison.Ordinal));

        var model = TinyModel.Write(_folder.At("model"));
        var vote = await Finished.RunAsync(
            "dotnet", _folder.At(
                "program", "r1reward.dll"), "vote", "--model", model, "--template", "compact", "--device", "cpu",
            "--question", "q", "--response1", "a", "--response2", "b", "--k", "1", "--max-new-tokens", "2");
        Assert.True(vote.ExitCode == 0, vote.Error);
        Assert.StartsWith("1 pairs", vote.Error, StringComparison.Ordinal);
    }
}
