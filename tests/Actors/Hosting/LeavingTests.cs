using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>A node that leaves in good order, in the middle of its work.</summary>
public sealed class LeavingTests : IDisposable
{
    private const int Endless = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_it_held_is_open_again_and_the_run_waits_for_a_node_of_its_role()
    {
        var configuration = TinyRun.Configuration(_folder.Path, Endless);
        var settings = NodeSettings.Read(configuration.Reader(), configuration.Config);
        await using var first = await StartAsync(settings with
        {
            Roles = [.. settings.Roles.Where(role => role != NodeRole.Rollout)],
        });
        await using var second = await StartAsync(settings with
        {
            Roles = [NodeRole.Rollout],
            Seeds = [$"{Cluster.Get(first.System).SelfAddress}"],
        });
        await first.AskAsync<RunCommands.Submitted>(
            new RunCommands.Submit("tiny", configuration.Print()), Patience);
        await SeenAsync(first, run => run.Workers.Any(worker => worker is { Kind: WorkKind.Rollout, Held: > 0 }));

        Order(second);
        await second.System.WhenTerminated.WaitAsync(Patience);

        var after = await SeenAsync(first, run => run.Workers.All(worker => worker.Kind != WorkKind.Rollout));
        Assert.Null(second.Downed);
        Assert.True(after.Queues[WorkKind.Rollout] is { Leased: 0, Open: > 0 }, $"{after.Queues[WorkKind.Rollout]}");
    }

    [Fact]
    public async Task A_learner_that_leaves_loses_no_update_and_one_that_stands_by_goes_on()
    {
        var configuration = TinyRun.Configuration(_folder.Path, Endless, "r1reward.checkpoints.every=0");
        var settings = NodeSettings.Read(configuration.Reader(), configuration.Config);
        await using var first = await StartAsync(settings with
        {
            Roles = [.. settings.Roles.Where(role => role != NodeRole.Learner)],
        });
        settings = settings with { Roles = [NodeRole.Learner], Seeds = [$"{Cluster.Get(first.System).SelfAddress}"] };
        await using var second = await StartAsync(settings);
        await first.AskAsync<RunCommands.Submitted>(new RunCommands.Submit("tiny", configuration.Print()), Patience);
        await SeenAsync(first, run => run.Status.Step > 2);
        await using var standby = await StartAsync(settings);
        var before = await SeenAsync(first, run => run.Workers.Count(worker => worker.Kind == WorkKind.Learn) == 2);

        Order(second);
        await second.System.WhenTerminated.WaitAsync(Patience);
        await SeenAsync(first, run => run.Status.Step > before.Status.Step + 4);

        var lines = Journal.ReadOnly(_folder.At("tiny"));
        var learned = lines.Where(line => line.Kind == JournalKind.StepLearned).Select(line => line.Step).ToList();
        Assert.Equal(Enumerable.Range(1, learned.Count), learned);
        var saved = Assert.Single(
            lines,
            line => line is { Kind: JournalKind.StepSaved or JournalKind.StepLearned, Checkpoint: not null });
        Assert.InRange(saved.Step, before.Status.Step - 1, learned.Count - 1);
        Assert.Single(lines, line => line.Kind == JournalKind.EpochStarted);
    }

    private static void Order(NodeHost node) =>
        node.System.ActorSelection($"/user/{MembershipActor.Name}").Tell(ClusterCommands.LeaveNow.Instance);

    private static Task<NodeHost> StartAsync(NodeSettings settings) =>
        NodeHost.StartAsync(settings, TimeProvider.System, resume: false);

    private static async Task<RunDetails> SeenAsync(NodeHost node, Func<RunDetails, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var run = await node.AskAsync<RunDetails>(RunCommands.GetDetails.Instance, Patience);
            if (isSo(run))
            {
                return run;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }
}
