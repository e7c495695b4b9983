using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Cluster;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Two nodes, whose learners make each update together.</summary>
public sealed class LearnersRunTests : IDisposable
{
    private const int Endless = 100_000;
    private const int Short = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("none", "off")]
    [InlineData("optimizer", "off")]
    [InlineData("gradients", "on")]
    [InlineData("parameters", "on")]
    public async Task A_learner_that_comes_later_takes_over_and_the_updates_are_those_of_one(
        string sharding, string replicate)
    {
        var together = await RunTogetherAsync(
            $"r1reward.learner.sharding={sharding}", $"r1reward.learner.replicate={replicate}",
            "r1reward.learner.gather-timeout=10 ms");
        var alone = await RunAloneAsync(together.Count);

        Assert.Null(together[0]["learners"]);
        Assert.Equal(2, (int)together[^1]["learners"]!);
        Assert.True((double)together[^1]["exchange-seconds"]! > 0);
        Assert.True((double)together[^1]["exchange-wait-seconds"]! > 0);
        foreach (var (one, other) in alone.Zip(together))
        {
            foreach (var figure in new[] { "loss", "grad-norm", "entropy", "ratio-largest" })
            {
                Assert.True(
                    Math.Abs((double)one[figure]! - (double)other[figure]!) < 1e-5 * Math.Max(1, (double)one[figure]!),
                    $"{figure} of step {one["step"]}: {one[figure]} alone, {other[figure]} together");
            }
        }

        Assert.Contains(alone, one => (double)one["grad-norm"]! > 0.01);
    }

    [Fact]
    public async Task A_cold_start_and_a_scalar_model_are_trained_by_two_nodes_as_by_one()
    {
        const int steps = 3;
        string[] settings =
        [
            "r1reward.srm.enabled=on", $"r1reward.srm.steps={steps}", "r1reward.srm.batch-size=4",
            $"r1reward.sft.steps={steps}", "r1reward.learner.gather-timeout=1 m",
        ];
        var (configuration, run) = Configured(
            "together",
            0,
            [
                .. settings, "r1reward.sft-worker.ranks=2", "r1reward.srm-worker.ranks=2",
                "r1reward.sft-worker.sharding=parameters", "r1reward.srm-worker.sharding=gradients",
            ]);
        var node = NodeSettings.Read(configuration.Reader(), configuration.Config);
        await using (var first = await StartAsync(node))
        {
            await using var second = await StartAsync(node with
            {
                Roles = [NodeRole.Sft, NodeRole.Srm],
                Seeds = [$"{Cluster.Get(first.System).SelfAddress}"],
            });
            await first.AskAsync<RunCommands.Submitted>(
                new RunCommands.Submit("tiny", configuration.Print()), Patience);
            await SeenAsync(first, details => details.Status.Outcome is not null);
        }

        var (one, alone) = Configured("alone", 0, settings);
        await TinyRun.RunAsync(one, alone, _ => false);

        foreach (var phase in new[] { "sft", "srm" })
        {
            var (made, expected) = (Lines(run, phase), Lines(alone, phase));
            Assert.Equal(Enumerable.Range(1, steps), made.Select(line => (int)line["step"]!));
            Assert.All(made, line => Assert.Equal(2, (int)line["learners"]!));
            Assert.All(expected.Zip(made), pair => Assert.Equal(
                (double)pair.First["loss"]!, (double)pair.Second["loss"]!, 1e-5));
        }
    }

    [Fact]
    public async Task Two_ranks_of_one_process_are_to_the_bit_two_of_two_processes_and_but_for_rounding_one()
    {
        string[] settings =
        [
            "r1reward.learner.sharding=gradients", "r1reward.learner.replicate=on", "r1reward.sft.steps=3",
            "r1reward.learner.gather-timeout=1 m", "r1reward.sft-worker.ranks=2", "r1reward.checkpoints.every=1",
        ];
        var inOne = await RunToEndAsync("one-process", 1, [.. settings, .. TwoDevices]);
        var inTwo = await RunToEndAsync("two-processes", 2, settings);
        var alone = await RunToEndAsync("alone", 1, "r1reward.learner.ranks=1", "r1reward.sft.steps=3");

        Assert.Equal(Lines(inOne, "rl").Count, Lines(inOne, "rl").Count(update => (int?)update["learners"] == 2));
        Assert.All(Lines(inOne, "sft"), step => Assert.Equal(2, (int)step["learners"]!));
        Assert.Equal(WeightsOf(inTwo), WeightsOf(inOne));
        Assert.All(WeightsOf(alone).Zip(WeightsOf(inOne)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Contains(Lines(alone, "rl"), update => (double)update["grad-norm"]! > 0.01);
    }

    [Fact]
    public async Task A_run_that_names_fewer_devices_than_the_one_before_has_as_many_workers_as_it_names()
    {
        var (configuration, _) = Configured("runs", steps: 0, [.. TwoDevices, "r1reward.sft-worker.ranks=2"]);
        await using var node = await StartAsync(NodeSettings.Read(configuration.Reader(), configuration.Config));
        await node.AskAsync<RunCommands.Submitted>(new RunCommands.Submit("tiny", configuration.Print()), Patience);
        await SeenAsync(node, details => Learners(details) == 2);
        await SeenAsync(node, details => details.Status.Outcome is not null);
        var (next, _) = Configured("runs", Endless, "r1reward.run.name=next", "r1reward.learner.ranks=1");

        await node.AskAsync<RunCommands.Submitted>(new RunCommands.Submit("next", next.Print()), Patience);

        await SeenAsync(node, details => details.Status.Step > 0 && Learners(details) == 1);

        static int Learners(RunDetails details) => details.Workers.Count(worker => worker.Kind == WorkKind.Learn);
    }

    private static string[] TwoDevices =>
    [
        "r1reward.learner.device=auto", "r1reward.learner.devices=[cpu,cpu]",
        "r1reward.sft-worker.device=auto", "r1reward.sft-worker.devices=[cpu,cpu]",
    ];

    private async Task<RunFolder> RunToEndAsync(string name, int nodes, params string[] more)
    {
        var (configuration, run) = Configured(name, Short, more);
        var settings = NodeSettings.Read(configuration.Reader(), configuration.Config);
        await using var first = await StartAsync(settings);
        await using var second = nodes == 1 ? null : await StartAsync(settings with
        {
            Roles = [NodeRole.Learner, NodeRole.Sft],
            Seeds = [$"{Cluster.Get(first.System).SelfAddress}"],
        });
        await first.AskAsync<RunCommands.Submitted>(new RunCommands.Submit("tiny", configuration.Print()), Patience);
        RunStatus? last = null;
        await SeenAsync(first, details => (last = details.Status).Outcome is not null);
        Assert.Equal((RunOutcome.Finished, ""), (last!.Outcome, last.Message));
        return run;
    }

    private static float[] WeightsOf(RunFolder run)
    {
        var bytes = File.ReadAllBytes(Path.Combine(run.Absolute(RunFolder.Checkpoint(Short)), "model.safetensors"));
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes))).ToArray();
    }

    private async Task<List<JObject>> RunTogetherAsync(params string[] more)
    {
        var (configuration, run) = Configured("together", Endless, more);
        var settings = NodeSettings.Read(configuration.Reader(), configuration.Config);
        await using var first = await StartAsync(settings);
        await first.AskAsync<RunCommands.Submitted>(
            new RunCommands.Submit("tiny", configuration.Print()), Patience);
        await SeenAsync(first, _ => File.Exists(run.Metrics) && Updates(run).Count > 0);
        await using var second = await StartAsync(settings with
        {
            Roles = [NodeRole.Learner],
            Seeds = [$"{Cluster.Get(first.System).SelfAddress}"],
        });
        await SeenAsync(first, _ => Updates(run).Count(update => update["learners"] is not null) >= 2);
        first.Coordinator.Tell(RunCommands.Stop.Instance);
        await SeenAsync(first, details => details.Status.Outcome is not null);
        return Updates(run);
    }

    private async Task<List<JObject>> RunAloneAsync(int steps)
    {
        var (configuration, run) = Configured("alone", Endless, "r1reward.learner.ranks=1");
        await TinyRun.RunAsync(configuration, run, status => status.Step >= steps);
        return Updates(run);
    }

    private (EffectiveConfiguration Configuration, RunFolder Run) Configured(
        string name, int steps, params string[] more)
    {
        var runs = _folder.At(name);
        var term = $"{{ type = custom, assembly = \"{typeof(TextTerm).Assembly.Location}\", "
            + $"class = {typeof(TextTerm).FullName} }}";
        var configuration = TinyRun.Configuration(
            runs,
            steps,
            [
                "r1reward.learner.ranks=2", "r1reward.checkpoints.every=0", "r1reward.sft.learning-rate=1e-2",
                $"r1reward.rewards.terms=[{term}]", .. more,
            ]);
        return (configuration, new RunFolder(Path.Combine(runs, "tiny")));
    }

    private static List<JObject> Updates(RunFolder run) => Lines(run, "rl");

    private static List<JObject> Lines(RunFolder run, string phase) =>
        [.. JsonLines.Read(run.Metrics).Where(line => (string?)line["phase"] == phase)];

    private static Task<NodeHost> StartAsync(NodeSettings settings) =>
        NodeHost.StartAsync(settings, TimeProvider.System, resume: false);

    private static async Task SeenAsync(NodeHost node, Func<RunDetails, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo(await node.AskAsync<RunDetails>(RunCommands.GetDetails.Instance, Patience)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }
}
