using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;

namespace R1Reward.Actors.Tests.Configuration.Settings;

public sealed class LearnerSettingsTests
{
    [Fact]
    public void Every_rank_gets_a_process_of_its_own_which_it_shares_with_those_of_other_stages()
    {
        string[] ranks = ["r1reward.learner.ranks=2", "r1reward.sft-worker.ranks=3"];
        var settings = LearnerSettings.Read(Configurations.Load(null, ranks, _ => null).Reader());

        Assert.Equal((2, 3, 1), (settings.Ranks, settings.SftRanks, settings.SrmRanks));
        Assert.Equal(
            [[NodeRole.Learner, NodeRole.Sft, NodeRole.Srm], [NodeRole.Learner, NodeRole.Sft], [NodeRole.Sft]],
            settings.Processes());
    }
}
