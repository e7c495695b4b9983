using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
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
    [InlineData("r1reward.rollout.batch-invariant=on")]
    [InlineData("r1reward.model.lora.enabled=on")]
    public void What_needs_all_weights_is_refused_where_each_learner_holds_a_part_of_them(string setting)
    {
        string[] settings = ["r1reward.learner.sharding=parameters", setting];
        var mistake = Assert.Throws<UserErrorException>(
            () => RunSettings.Read(Configurations.Load(null, settings, _ => null).Reader())).Message;
        Assert.Contains("r1reward.learner.sharding", mistake);
        Assert.Contains("write gradients", mistake);
        var read = RunSettings.Read(Configurations.Load(null, settings[..1], _ => null).Reader());
        Assert.Equal(Sharding.Parameters, read.Learners.Sharding);
    }
}
