using R1Reward.Cli.Tests.Processes;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Build;

/// <summary>The program where the tensor library cannot be loaded.</summary>
public sealed class BrokenLibraryTests : IDisposable
{
    private static readonly string _native = Path.Combine("runtimes", "linux-x64", "native");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("R1_TORCH=cpu", "Run `./r1 setup` again;")]
    [InlineData("--unset=R1_TORCH", "(`dotnet tool uninstall --global r1reward`, then install it as before)")]
    public async Task A_library_that_cannot_be_loaded_is_one_line_with_the_loaders_reason_and_what_to_do(
        string environment, string remedy)
    {
        CopyProgram();
        var model = TinyModel.Write(_folder.At("model"));
        File.WriteAllText(_folder.At(_native, "libLibTorchSharp.so"), "no library");

        var ended = await Finished.RunAsync(
            "env", environment, "dotnet", _folder.At("r1reward.dll"), "vote", "--model", model, "--question", "q",
            "--response1", "a", "--response2", "b");

        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        var line = Assert.Single(ended.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains("libLibTorchSharp.so: file too short", line, StringComparison.Ordinal);
        Assert.Contains(remedy, line, StringComparison.Ordinal);
    }

    /// <summary>
    /// Real files of the program's own, since the runtime follows links, and links to the large libraries.
    /// </summary>
    private void CopyProgram()
    {
        var files = Directory.EnumerateFiles(AppContext.BaseDirectory);
        foreach (var file in files.Where(file => Path.GetExtension(file) is ".dll" or ".json"))
        {
            File.Copy(file, _folder.At(Path.GetFileName(file)));
        }

        Directory.CreateDirectory(_folder.At(_native));
        var libraries = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, _native));
        foreach (var library in libraries.Where(library => Path.GetFileName(library) != "libLibTorchSharp.so"))
        {
            File.CreateSymbolicLink(_folder.At(_native, Path.GetFileName(library)), library);
        }
    }
}
