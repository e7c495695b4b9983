using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

public sealed class CommonStateTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void What_follows_the_way_back_to_a_copy_is_what_followed_the_copy(ScalarType dtype)
    {
        using var model = Some.Model(dtype: dtype);
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        using var state = new CommonState([optimizer]);
        Train(model, optimizer, 1);
        state.Keep();
        Train(model, optimizer, 2);
        state.Keep();
        Train(model, optimizer, 3);
        var first = All(model, optimizer);
        state.GoBack();
        Train(model, optimizer, 3);

        Assert.Equal(first, All(model, optimizer));
        Assert.Equal(3, optimizer.StepCount);
    }

    [Fact]
    public void All_ranks_go_on_from_the_state_of_the_one_that_has_it()
    {
        var results = LoopbackRing.Run(3, rank =>
        {
            using var model = Some.Model(seed: (ulong)rank.Rank + 1, ScalarType.BFloat16);
            using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
            Train(model, optimizer, rank.Rank);
            using var state = new CommonState([optimizer]);
            var own = All(model, optimizer);
            optimizer.Ranks = rank;
            Assert.True(state.TakeFrom(1, isCurrent: rank.Rank == 1));
            return (own, Taken: All(model, optimizer), optimizer.StepCount);
        });

        Assert.NotEqual(results[0].own, results[1].own);
        Assert.All(results, one => Assert.Equal(results[1].own, one.Taken));
        Assert.All(results, one => Assert.Equal(1, one.StepCount));
    }

    private static void Train(CausalLM model, AdamW optimizer, int seed)
    {
        if (seed > 0)
        {
            new SftTrainer(model, optimizer, new LearningRateSchedule { BaseRate = 1e-2 }, new SftOptions())
                .Step(Some.Rows(3, seed));
        }
    }

    private static float[] All(CausalLM model, AdamW optimizer) =>
    [
        .. model.Parameters.Groups.SelectMany(group => Numbers.Values(group.Values)),
        .. optimizer.StateTensors().SelectMany(one => Numbers.Values(one.Values)),
    ];
}
