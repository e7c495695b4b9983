using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;

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
}
