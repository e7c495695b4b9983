using System.Diagnostics;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Runs the program as it is built in src/Cli.</summary>
[Trait("Category", "Slow")]
public sealed class LostNodeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_rollout_process_that_is_killed_is_replaced_and_every_sample_is_counted_once()
    {
        const int steps = 20;
        using var patience = new CancellationTokenSource(Patience);
        using var run = Start(TinyRun.Settings(_folder.Path, steps));
        try
        {
            var folder = new RunFolder(_folder.At("tiny"));
            while (!run.HasExited && !JsonLines.Read(folder.Metrics).Any(line => (string?)line["phase"] == "rl"))
            {
                await Task.Delay(Poll, TimeProvider.System, patience.Token);
            }

            KillRollout(run.Id);
            await run.WaitForExitAsync(patience.Token);

            Assert.Equal(ExitCode.Done, run.ExitCode);
            var figures = JsonLines.Read(folder.Metrics).Where(line => (string?)line["phase"] == "rl").Select(line => ((int)line["step"]!, (int)line["samples"]!));
            Assert.Equal(Enumerable.Range(1, steps).Select(step => (step, 4)), figures);
            var traces = JsonLines.Read(folder.Traces).Select(line => (string)line["id"]!).ToList();
            Assert.Equal((steps * 4) + 2 + 4, traces.Count);
            Assert.Equal(traces.Count, traces.Distinct().Count());
            Assert.Contains("it is started again", File.ReadAllText(folder.Log));
        }
        finally
        {
            if (!run.HasExited)
            {
                run.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(IReadOnlyList<string> settings)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "R1Reward.sln")))
        {
            root = root.Parent!;
        }

        var program = Path.Combine(root.FullName, "src", "Cli", "bin", "Release", "net10.0", "r1reward.dll");
        Assert.True(File.Exists(program), $"{program}: build src/Cli first");
        string[] arguments =
        [
            program, "quickstart", "--name", "tiny", "--plain", "--processes", "3",
            .. settings.Where(setting => !setting.StartsWith("r1reward.run.name", StringComparison.Ordinal)).SelectMany(setting => new[] { "--set", setting }),
        ];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, WorkingDirectory = root.FullName })!;
    }

    // The run's child with the role: both stand in its command line.
    private static void KillRollout(int parent)
    {
        var id = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)).First(name =>
            Command(name!) is var command && command.Contains($"r1reward-node-{parent}.conf") && command.Contains("node.roles=rollout"));
        using var rollout = Process.GetProcessById(int.Parse(id!, System.Globalization.CultureInfo.InvariantCulture));
        rollout.Kill();
    }

    private static string Command(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            // It has gone meanwhile.
            return "";
        }
    }
}
