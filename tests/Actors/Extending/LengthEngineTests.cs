using R1Reward.Actors.Protocol;
using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Tests.Extending;

public sealed class LengthEngineTests
{
    [Theory]
    [InlineData("short", ConsistencyVerdict.Inconsistent)]
    [InlineData("long enough", ConsistencyVerdict.Consistent)]
    public async Task The_example_engine_does_one_item_of_its_kind(string reply, ConsistencyVerdict expected)
    {
        await using var engine = new LengthEngine(10);
        var key = new WorkKey(1, WorkId.Judge(BatchId.ForStep(1), 0, 0), 1);

        var result = await engine.DoAsync(new Assignment(key, new JudgeWork(reply)), (_, _) => { }, default);

        Assert.Equal(expected, Assert.IsType<JudgeResult>(result).Verdict);
    }
}
