using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Policy.Exchange;

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

    [Fact]
    public void By_what_learners_exchange_is_one_of_three()
    {
        ExchangeKind Read(params string[] lines) =>
            LearnerSettings.Read(Configurations.Load(null, lines, _ => null).Reader()).Exchange;

        Assert.Equal(ExchangeKind.Auto, Read());
        Assert.Equal(ExchangeKind.Ring, Read("r1reward.learner.exchange=ring"));
        Assert.Equal(ExchangeKind.Nccl, Read("r1reward.learner.exchange=nccl"));
        var reader = Configurations.Load(null, ["r1reward.learner.exchange=mpi"], _ => null).Reader();
        LearnerSettings.Read(reader);
        Assert.Contains("exchange", Assert.Throws<UserErrorException>(reader.ThrowIfWrong).Message);
    }
}
