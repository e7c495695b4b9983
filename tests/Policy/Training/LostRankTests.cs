using R1Reward.Policy.Exchange;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

/// <summary>A rank that dies at every exchange of an update in turn.</summary>
public sealed class LostRankTests
{
    [Fact]
    public void Whenever_a_rank_is_lost_the_others_make_the_same_update_without_it()
    {
        var (expected, exchanges) = LoopbackRing.Run(2, rank =>
        {
            using var dying = Dying(rank, int.MaxValue);
            using var model = Some.Model();
            using var optimizer = new AdamW(model.Trained, new AdamWOptions()) { Ranks = dying };
            Update(model, optimizer);
            return (Weights(model), dying.Exchanges);
        })[0];
        Assert.True(exchanges >= 4, $"{exchanges}");

        for (var last = 0; last < exchanges; last++)
        {
            var results = LoopbackRing.Run(3, rank => Survive(rank.Rank == 1 ? Dying(rank, last) : rank));
            Assert.Null(results[1]);
            Numbers.Close(expected, results[0]!, 1e-5, $"weights after a rank died at exchange {last}");
            Numbers.Close(expected, results[2]!, 1e-5, $"weights after a rank died at exchange {last}");
        }
    }

    private static float[]? Survive(ICollective ranks)
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Trained, new AdamWOptions()) { Ranks = ranks };
        using var state = new CommonState([optimizer]);
        state.Keep();
        var lost = Assert.Throws<RankLostException>(() => Update(model, optimizer));
        if (ranks is DyingRank)
        {
            return null;
        }

        Assert.Equal(1, lost.Rank);
        state.GoBack();
        optimizer.Ranks = OneRank.Alone;
        Update(model, optimizer);
        return Weights(model);
    }

    private static void Update(CausalLM model, AdamW optimizer) => new PolicyLearner(
        model,
        optimizer,
        new LearningRateSchedule { BaseRate = 1e-3 },
        new PolicyObjective(new StableReinforceLoss()),
        new PolicyLearnerOptions { TrainBatchSize = 3 }).Update(Some.Experiences(model, 6));

    private static float[] Weights(CausalLM model) =>
        [.. model.Trained.Groups.SelectMany(group => Numbers.Values(group.Values))];

    private static DyingRank Dying(ICollective rank, int last) =>
        new(rank, last, () => new RankLostException(rank.Rank, "it dies here"));
}
