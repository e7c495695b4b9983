using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class WorkerSpecsTests
{
    [Theory]
    [InlineData(NodeRole.Rollout, "rollout")]
    [InlineData(NodeRole.Learner, "learner")]
    [InlineData(NodeRole.Sft, "sft-worker")]
    [InlineData(NodeRole.Srm, "srm-worker")]
    public async Task A_device_that_is_not_there_is_told_when_the_run_begins(NodeRole role, string section)
    {
        using var folder = new TempFolder();
        await using var bulk = await BulkHub.StartAsync(new BulkOptions("127.0.0.1", 0, "", folder.At("cache")));
        var configuration = Configurations.Load(null, [$"r1reward.{section}.device=cuda:99"], _ => null);
        var node = NodeSettings.Read(configuration.Reader(), configuration.Config) with { Roles = [role] };
        var run = new ToWorker.Welcome(1, "run@1", configuration.Print(), folder.Path, TimeSpan.FromMinutes(1));

        var missing = await Assert.ThrowsAsync<UserErrorException>(
            () => Task.Run(() => WorkerSpecs.For(node, bulk)[0].Build(run)));

        Assert.Contains("device \"cuda:99\" is not on this machine", missing.Message);
    }
}
