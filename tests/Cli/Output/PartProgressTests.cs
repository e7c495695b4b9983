using R1Reward.Actors.Protocol;
using R1Reward.Cli.Output;

namespace R1Reward.Cli.Tests.Output;

public sealed class PartProgressTests
{
    [Fact]
    public void Learners_show_the_speed_of_all_and_of_the_slowest()
    {
        var status = RunStatus.NoRun with
        {
            Metrics = new Dictionary<string, double>
            {
                ["loss"] = 0.25,
                ["learners"] = 2,
                ["learn-tokens-per-second"] = 180.4,
                [RankFigures.SpeedOf(0)] = 110,
                [RankFigures.SpeedOf(1)] = 95.2,
            },
        };

        Assert.Equal("loss 0.25 learners 2 tokens/s 180 (rank-1 95)", PartProgress.Figures(status));
    }

    [Fact]
    public void One_learner_shows_no_rank()
    {
        var alone = new Dictionary<string, double> { ["loss"] = 0.25, ["learn-tokens-per-second"] = 180.4 };

        Assert.Equal("loss 0.25", PartProgress.Figures(RunStatus.NoRun with { Metrics = alone }));
    }
}
