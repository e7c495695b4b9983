using System.Net;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Tests.Engine;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>What a node tells its supervisors.</summary>
public sealed class NodeHttpTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_node_is_ready_when_it_has_joined_and_lives_until_its_actor_system_ends()
    {
        await using var nodes = new Nodes();
        await using var bulk = await BulkHub.StartAsync(new BulkOptions("127.0.0.1", 0, "", _folder.Path));
        var system = nodes.Create();
        using var meters = new NodeMeters(Cluster.Get(system), bulk);
        await using var node = await NodeHttp.StartAsync(new HttpEndpoint("127.0.0.1", 0), system, meters);
        Assert.Equal((HttpStatusCode.OK, "live\n"), await GetAsync(node.Address + "/live"));
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "has not joined its cluster yet\n"),
            await GetAsync(node.Address + "/ready"));

        node.HasJoined = true;
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync(node.Address + "/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(node.Address + "/")).Status);

        await system.Terminate();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(node.Address + "/live")).Status);
    }

    [Fact]
    public async Task Metrics_show_members_run_queues_and_the_process_and_the_run_is_gone_with_its_end()
    {
        const int steps = 100_000;
        var configuration = TinyRun.Configuration(_folder.Path, steps, "r1reward.node.http.port=0");
        var settings = NodeSettings.Read(configuration.Reader(), configuration.Config);
        await using var node = await NodeHost.StartAsync(settings, TimeProvider.System, resume: false);
        var address = node.HttpAddress + "/metrics";
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(node.HttpAddress + "/ready")).Status);
        Assert.DoesNotContain("r1reward_run_step", (await GetAsync(address)).Text, StringComparison.Ordinal);
        await node.AskAsync<RunCommands.Submitted>(
            new RunCommands.Submit("tiny", configuration.Print()), Patience);

        var during = await SeenAsync(address, text => Regex.IsMatch(text, "run_weights_version [1-9]"));
        foreach (var line in (string[])
        [
            "r1reward_cluster_members{status=\"up\"} 1",
            "r1reward_cluster_unreachable 0",
            $"r1reward_run_steps {steps}",
            "r1reward_run_epoch 1",
            "r1reward_run_stage{stage=",
            "r1reward_run_workers{kind=\"learn\"} 1",
            "r1reward_run_traces_per_second ",
            "r1reward_run_figure{name=\"reward\"} ",
            "r1reward_traces_total ",
            "r1reward_results_total{stage=\"rollout\"} ",
            "r1reward_judge_asks_total ",
            "r1reward_live_tensors ",
            "r1reward_bulk_received_bytes_total 0",
            "dotnet_process_memory_working_set_bytes ",
        ])
        {
            Assert.Contains("\n" + line, during, StringComparison.Ordinal);
        }

        node.Tell(RunCommands.Stop.Instance);
        await SeenAsync(address, text => !text.Contains("r1reward_run_step"));
    }

    private async Task<string> SeenAsync(string address, Func<string, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var (_, text) = await GetAsync(address);
            if (isSo(text))
            {
                return text;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string address)
    {
        using var answer = await _http.GetAsync(address);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
