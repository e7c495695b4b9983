using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;

namespace R1Reward.Actors.Tests.Runs.Pairs;

public sealed class ScenesPairsTests
{
    [Fact]
    public void In_both_orders_each_held_out_pair_is_followed_by_itself_exchanged()
    {
        var once = new ScenesPairs(new SceneOptions(), 1, 4).HeldOut;
        var both = new ScenesPairs(new SceneOptions(), 1, 4, bothOrders: true).HeldOut;

        Assert.Equal(once.Select(pair => pair.Id), both.Where((_, i) => i % 2 == 0).Select(pair => pair.Id));
        Assert.Equal(
            once.Select(pair => (pair.Id + OrderPolicy.SwappedSuffix, pair.Response2, Exchanged(pair.Label!.Value))),
            both.Where((_, i) => i % 2 == 1).Select(pair => (pair.Id.Value, pair.Response1, pair.Label!.Value)));
    }

    private static PreferenceLabel Exchanged(PreferenceLabel label) =>
        label == PreferenceLabel.First ? PreferenceLabel.Second : PreferenceLabel.First;
}
