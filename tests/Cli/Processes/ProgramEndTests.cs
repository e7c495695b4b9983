using System.Net;
using System.Net.Sockets;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Processes;

/// <summary>How the program ends when it is told to, or has to.</summary>
public sealed class ProgramEndTests : IDisposable
{
    private const int Endless = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("INT", 1)]
    [InlineData("TERM", 1)]
    [InlineData("INT", 3)]
    [InlineData("TERM", 3)]
    public async Task A_signal_finishes_the_step_and_saves_and_the_console_stays_quiet(string signal, int processes)
    {
        using var run = ProgramRun.Quickstart(_folder.Path, Endless, processes, Patience);
        await run.UpdatedAsync();
        run.Signal(signal);
        var ended = await run.EndAsync();

        Assert.Equal("stopping in good order; again to stop at once\n", WithoutAlarms(ended.Error));
        Assert.Equal(ExitCode.Done, ended.ExitCode);
        var made = run.Updates().Count;
        Assert.Equal(made, (int?)run.Journal().Last(entry => entry["Checkpoint"] is not null)["Step"]);
        Assert.True(
            File.Exists(Path.Combine(run.Folder.Checkpoints, $"step-{made}", "config.json")),
            $"no checkpoint of step {made}");
        Assert.DoesNotContain("[INFO]", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_command_goes_on_after_a_signal_and_a_good_run_is_silent()
    {
        int made;
        using (var run = ProgramRun.Quickstart(_folder.Path, Endless, processes: 1, Patience))
        {
            await run.UpdatedAsync();
            run.Signal("INT");
            await run.EndAsync();
            made = run.Updates().Count;
        }

        using var again = ProgramRun.Quickstart(_folder.Path, made + 1, processes: 1, Patience);
        var ended = await again.EndAsync();

        Assert.Equal((ExitCode.Done, ""), (ended.ExitCode, WithoutAlarms(ended.Error)));
        Assert.Equal(Enumerable.Range(1, made + 1), again.Updates().Select(update => update.Step));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_a_run_that_waits_for_a_role_that_no_node_has(string signal)
    {
        using var run = ProgramRun.Quickstart(
            _folder.Path, Endless, processes: 1, Patience,
            "--set", "r1reward.node.roles=coordinator,rollout,reward,judge,learner");
        await run.SeenAsync(() => File.Exists(run.JournalFile)
            && run.Journal().Any(entry => (string?)entry["Kind"] == "ColdStartBegun"));
        run.Signal(signal);
        var ended = await run.EndAsync();

        Assert.Equal(ExitCode.Done, ended.ExitCode);
        Assert.Contains("stopped in or after the cold start; the same command goes on from there", ended.Output);
    }

    // A model that learns nothing may look like one that favours a side: the run says so, whatever ends it.
    private static string WithoutAlarms(string error) => string.Concat(
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.Contains(" WRN step ", StringComparison.Ordinal))
            .Select(line => line + "\n"));

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_node_says_what_it_is_and_nothing_else_until_a_signal_ends_it(string signal)
    {
        using var node = ProgramRun.Start(
            new RunFolder(_folder.Path), Patience, "node", "--config", Path.Combine(
                "hocon", "quickstart.conf"), "--set", $"r1reward.run.folder={_folder.Path}");
        await node.LoggedAsync(Path.Combine(_folder.Path, "nodes"), "node {Address} with roles");
        node.Signal(signal);
        var ended = await node.EndAsync();

        Assert.Equal(
            (ExitCode.Done, "stopping in good order; again to stop at once\n"), (ended.ExitCode, ended.Error));
        Assert.Matches(
            @"^node akka\.tcp://r1reward@127\.0\.0\.1:\d+: "
                + @"roles coordinator, rollout, reward, judge, learner, sft, srm\n$",
            ended.Output);
    }

    [Fact]
    public async Task A_coordinator_that_finds_a_later_one_in_the_journal_changes_nothing_more()
    {
        using var run = ProgramRun.Quickstart(_folder.Path, Endless, processes: 1, Patience);
        await run.UpdatedAsync();

        var epoch = run.TakeOver();

        Assert.Equal(ExitCode.Downed, (await run.EndAsync()).ExitCode);
        Assert.Equal(epoch, (int?)run.Journal()[^1]["Epoch"]);
    }

    [Fact]
    public async Task Of_a_run_that_is_started_twice_one_completes_and_the_other_says_so_in_one_line()
    {
        const int steps = 30;
        using var first = ProgramRun.Quickstart(_folder.Path, steps, processes: 1, Patience);
        await first.UpdatedAsync();
        first.Signal("STOP");
        using var second = ProgramRun.Quickstart(_folder.Path, steps, processes: 1, Patience);
        await second.SeenAsync(() => second.Journal().Any(entry => (int)entry["Epoch"]! == 2));
        first.Signal("CONT");

        var replaced = await first.EndAsync();
        var completed = await second.EndAsync();

        Assert.Equal((ExitCode.Downed, ExitCode.Done), (replaced.ExitCode, completed.ExitCode));
        Assert.Single(
            WithoutAlarms(replaced.Error).Split('\n'),
            line => line.Contains("another coordinator has taken this run over", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, steps).Select(step => (step, 4)), second.Updates());
        Assert.All(
            second.Journal().SkipWhile(entry => (int)entry["Epoch"]! < 2), entry => Assert.Equal(2, entry["Epoch"]));
    }

    [Fact]
    public async Task Replaced_in_its_cold_start_a_process_saves_nothing()
    {
        string[] coldStart = ["--set", "r1reward.sft.steps=100000", "--set", "r1reward.sft.checkpoint-every=5"];
        using var run = ProgramRun.Quickstart(_folder.Path, Endless, processes: 1, Patience, coldStart);
        await run.SeenAsync(() => Directory.Exists(run.Folder.Checkpoints));
        var epoch = run.TakeOver();
        var checkpoints = Checkpoints(run);
        var ended = await run.EndAsync();

        Assert.Equal(ExitCode.Downed, ended.ExitCode);
        Assert.InRange(Checkpoints(run), checkpoints, checkpoints.AddSeconds(1));
        Assert.Equal(epoch, (int?)run.Journal()[^1]["Epoch"]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static DateTime Checkpoints(ProgramRun run) =>
        Directory.GetDirectories(run.Folder.Checkpoints).Max(Directory.GetLastWriteTimeUtc);

    [Fact]
    public async Task A_node_that_is_asked_to_leave_ends_with_code_0_and_the_command_returns_when_it_has()
    {
        var port = FreePort();
        string[] cluster =
        [
            "--config", Path.Combine(Fixtures.Repository, "hocon", "quickstart.conf"),
            "--set", $"akka.remote.dot-netty.tcp.port={port}",
            "--set", $"akka.cluster.seed-nodes=akka.tcp://r1reward@127.0.0.1:{port}",
        ];
        using var node = ProgramRun.Start(
            new RunFolder(_folder.Path),
            Patience,
            ["node", .. cluster, "--set", "r1reward.node.found=on", "--set", $"r1reward.run.folder={_folder.Path}"]);
        await node.LoggedAsync(Path.Combine(_folder.Path, "nodes"), "node {Address} with roles");

        var status = await Invocation.RunAsync(["cluster", "status", .. cluster]);
        Assert.Equal(("", ExitCode.Done), (status.Error, status.ExitCode));
        Assert.Matches(
            $@"^1 member, as akka\.tcp://r1reward@127\.0\.0\.1:{port} sees them\n  .*  up  coordinates  .*learner",
            status.Output);
        Assert.Contains($"no run is under way in {_folder.Path}", status.Output, StringComparison.Ordinal);
        var json = JObject.Parse((await Invocation.RunAsync(["cluster", "status", "--json", .. cluster])).Output);
        Assert.Equal("", (string?)json["run"]!["status"]!["run-id"]);

        var left = await Invocation.RunAsync(["cluster", "leave", $"127.0.0.1:{port}", .. cluster]);

        Assert.Equal(
            ($"akka.tcp://r1reward@127.0.0.1:{port}: not a member any more\n", ExitCode.Done),
            (left.Output, left.ExitCode));
        var ended = await node.EndAsync();
        Assert.Equal((ExitCode.Done, ""), (ended.ExitCode, ended.Error));
        var gone = await Invocation.RunAsync(["cluster", "status", .. cluster]);
        Assert.Contains("has answered for 10 s", gone.Mistake());
    }

    [Fact]
    public async Task A_cluster_that_nobody_answers_for_is_one_line()
    {
        using var node = ProgramRun.Start(
            new RunFolder(_folder.Path),
            Patience,
            "node", "--set", $"r1reward.run.folder={_folder.Path}", "--set", "r1reward.node.roles=rollout", "--set",
            "r1reward.node.join-timeout=2 s",
            "--set", "akka.remote.dot-netty.tcp.port=0", "--set",
            "akka.cluster.seed-nodes=akka.tcp://r1reward@127.0.0.1:9");

        var ended = await node.EndAsync();

        Assert.Equal(ExitCode.NotJoined, ended.ExitCode);
        var line = Assert.Single(ended.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains("no cluster joined within 2 s", line);
    }

    [Fact]
    public async Task A_run_that_no_coordinator_takes_is_one_line()
    {
        using var submission = ProgramRun.Start(
            new RunFolder(_folder.Path),
            Patience,
            "train", "--submit", "--plain", "--config", Path.Combine("hocon", "quickstart.conf"),
            "--set", $"r1reward.run.folder={_folder.Path}",
            "--set", "r1reward.node.join-timeout=2 s",
            "--set", "akka.cluster.seed-nodes=akka.tcp://r1reward@127.0.0.1:9");

        var ended = await submission.EndAsync();

        Assert.Equal(ExitCode.UserError, ended.ExitCode);
        var line = Assert.Single(ended.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains("no coordinator has answered for 2 s", line);
    }
}
