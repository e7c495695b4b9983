using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Optimization;

namespace R1Reward.Actors.Tests.Configuration.Settings;

public sealed class LearnerSettingsTests
{
    [Fact]
    public void Copies_of_the_neighbours_part_need_copies_of_the_own_one()
    {
        string[] settings = ["r1reward.learner.replicate=on", "r1reward.learner.keep-copy=off"];
        var mistake = Assert.Throws<UserErrorException>(
            () => RunSettings.Read(Configurations.Load(null, settings, _ => null).Reader())).Message;
        Assert.Contains("r1reward.learner.replicate", mistake);
        Assert.Contains("set keep-copy = on with it", mistake);
        var read = RunSettings.Read(Configurations.Load(null, settings[..1], _ => null).Reader());
        Assert.True(read.Learners.Replicates);
    }

    [Theory]
    [InlineData("write devices in quotes", "devices=[cpu,gpu]")]
    [InlineData("write devices in quotes", "devices=[auto,cpu]")]
    [InlineData("cuda:0 stands there twice", "devices=[cuda:0,cuda:0]")]
    [InlineData("write r1reward.learner.ranks = 2, or more", "devices=[cpu,cpu]")]
    [InlineData("not both", "devices=[cpu]", "device=cpu")]
    public void Devices_that_give_no_ranks_are_refused_in_one_line(string remedy, params string[] written)
    {
        string[] settings = [.. written.Select(setting => "r1reward.learner." + setting)];
        var mistake = Assert.Throws<UserErrorException>(() => Read(settings)).Message;
        Assert.DoesNotContain('\n', mistake);
        Assert.StartsWith("command line: r1reward.learner.devices = [", mistake, StringComparison.Ordinal);
        Assert.Contains(remedy, mistake);
    }

    [Fact]
    public void Every_device_gives_a_worker_of_its_own_and_a_host_as_few_processes_as_have_all_ranks()
    {
        var read = Read("r1reward.learner.devices=[cpu,cpu]", "r1reward.learner.ranks=3", "r1reward.learner.threads=2");

        Assert.Equal(["cpu", "cpu"], read.Learner.Each().Select(worker => worker.Device));
        Assert.All(read.Learner.Each(), worker => Assert.Equal(2, worker.Threads));
        Assert.Equal("auto", Assert.Single(read.SftWorker.Each()).Device);
        Assert.Equal(
            [[NodeRole.Learner, NodeRole.Sft, NodeRole.Srm], [NodeRole.Learner]],
            read.Learners.Processes(read.Learner, read.SftWorker, read.SrmWorker));
    }

    [Fact]
    public void Auto_is_as_many_workers_as_the_host_has_devices()
    {
        var read = Read("r1reward.srm-worker.devices=auto");

        Assert.Null(read.SrmWorker.Named);
        Assert.Equal(DeviceSelector.AllOfHost(), read.SrmWorker.Each().Select(worker => worker.Device));
    }

    [Theory]
    [InlineData("learner", "r1reward.rollout.batch-invariant=on")]
    [InlineData("learner", "r1reward.model.lora.enabled=on")]
    [InlineData("sft-worker", "r1reward.model.lora.enabled=on")]
    [InlineData("sft-worker", "r1reward.sft.evaluate-every=2")]
    [InlineData("srm-worker", "r1reward.model.lora.enabled=on")]
    public void What_needs_all_weights_is_refused_where_each_rank_holds_a_part_of_them(string section, string setting)
    {
        string[] settings = [$"r1reward.{section}.sharding=parameters", setting];
        var mistake = Assert.Throws<UserErrorException>(() => Read(settings)).Message;
        Assert.DoesNotContain('\n', mistake);
        Assert.Contains($"r1reward.{section}.sharding", mistake);
        Assert.Contains("write gradients", mistake);
        var read = Read(settings[0], "r1reward.model.lora.enabled=off").Learners;
        Assert.Equal(section == "learner", read.Sharding == Sharding.Parameters);
        Assert.Equal(section == "sft-worker", read.SftSharding == Sharding.Parameters);
        Assert.Equal(section == "srm-worker", read.SrmSharding == Sharding.Parameters);
    }

    private static RunSettings Read(params string[] settings) =>
        RunSettings.Read(Configurations.Load(null, settings, _ => null).Reader());
}
