using System.Diagnostics;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

/// <summary>The entry script <c>r1</c>.</summary>
public sealed class ScriptTests : IDisposable
{
    private static readonly string Script = Path.Combine(Fixtures.Repository, "r1");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_parses() => Assert.Equal("", Bash($"bash -n '{Script}' 2>&1"));

    [Fact]
    public void It_builds_again_when_a_source_is_newer_than_the_last_build_and_only_then()
    {
        var said = Bash(
            $$"""
            eval "$(sed -n '/^stale()/,/^}/p' '{{Script}}')"
            mkdir -p src/obj tests bench examples hocon eng .r1
            touch -d '2 hours ago' Directory.Build.props Directory.Build.targets R1Reward.sln src/a.cs
            echo cpu >.r1/torch
            R1_TORCH=cpu
            say() { if stale stamp; then echo "$1 stale"; else echo "$1 fresh"; fi; }
            say never-built
            touch -d '1 hour ago' stamp
            say built
            touch src/obj/made.cs
            say output-newer
            touch src/a.cs
            say source-newer
            touch stamp
            say rebuilt
            R1_TORCH=cuda
            say other-backend
            """);

        string[] expected =
        [
            "never-built stale", "built fresh", "output-newer fresh", "source-newer stale", "rebuilt fresh",
            "other-backend stale",
        ];
        Assert.Equal(expected, said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Paths_start_where_the_user_stands()
    {
        var said = Bash(
            $$"""
            mkdir -p home elsewhere
            sed -e 's/^exec dotnet/echo dotnet/' '{{Script}}' >home/r1
            sed -i '/^case /,/^esac/d' home/r1
            chmod +x home/r1
            cd elsewhere
            cat >>../home/r1 <<'END'
            echo "stands in $(basename "$PWD"), home $(basename "${R1_HOME:-none}")"
            END
            ../home/r1 vote
            ../home/r1 test
            cd ../home
            ./r1 vote
            """);

        var lines = said.Split('\n').Where(line => line.StartsWith("stands", StringComparison.Ordinal));
        Assert.Equal(
            ["stands in elsewhere, home home", "stands in home, home home", "stands in home, home none"], lines);
    }

    private string Bash(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
