using R1Reward.Actors.Protocol;
using R1Reward.Actors.Tests.Coordination;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Policy.Advantages;

namespace R1Reward.Actors.Tests.Workers.Learn;

public sealed class LearnedUpdateTests
{
    private static readonly LearnResult Result =
        new(MachineRun.Weights(3), null, new Dictionary<string, double>());

    [Fact]
    public void The_same_traces_with_the_same_rewards_are_the_same_update_and_no_others()
    {
        var last = new LearnedUpdate(3, [Scored("a"), Scored("b")], Result);

        Assert.True(last.IsOf(3, [Scored("a", logProb: -1.0001f), Scored("b")]));
        Assert.False(last.IsOf(4, [Scored("a"), Scored("b")]));
        Assert.False(last.IsOf(3, [Scored("a")]));
        Assert.False(last.IsOf(3, [Scored("b"), Scored("a")]));
        Assert.False(last.IsOf(3, [Scored("a"), Scored("b", token: 9)]));
        Assert.False(last.IsOf(3, [Scored("a"), Scored("b", reward: 1)]));
    }

    private static ScoredTrace Scored(string id, int token = 3, float logProb = -1, double reward = 2)
    {
        var trace = MachineRun.TraceOf(id, MachineRun.PairOf("p"), 2, "text");
        return new ScoredTrace(
            trace with { Tokens = [2, token], LogProbs = [logProb, -1] }, 0, reward, [reward, double.NaN]);
    }
}
