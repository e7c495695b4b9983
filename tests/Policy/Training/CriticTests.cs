using System.Collections.Immutable;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Training;

public sealed class CriticTests
{
    [Fact]
    public void Values_begin_at_zero_and_come_to_the_returns()
    {
        using var policy = Some.Model();
        using var critic = new Critic(
            Critic.ModelFor(policy),
            new CriticOptions { LearningRate = 1e-2, ValueClip = null, TrainBatchSize = 4, Passes = 5 });
        var rows = Some.Rows(8);
        var returns = Returns(rows);
        var start = critic.Values(rows);
        Assert.All(start, row => Assert.All(row, value => Assert.Equal(0, value)));
        var first = critic.Update(rows, start, returns);
        for (var i = 0; i < 20; i++)
        {
            critic.Update(rows, critic.Values(rows), returns);
        }

        var last = critic.Update(rows, critic.Values(rows), returns);
        Assert.True(last < 0.1 * first, $"{first} {last}");
        var values = critic.Values(rows);
        Assert.All(rows.Zip(values), pair => Assert.Equal(pair.First.TargetCount, pair.Second.Length));
        Assert.True(values[1].Average() > values[0].Average() + 0.5, $"{values[1].Average()} {values[0].Average()}");
    }

    [Fact]
    public void Micro_batches_change_the_loss_by_rounding_only()
    {
        using var policy = Some.Model();
        double Loss(int tokens)
        {
            using var critic = new Critic(
                Critic.ModelFor(policy),
                new CriticOptions { LearningRate = 0, TrainBatchSize = 8, MicroBatchTokens = tokens });
            var rows = Some.Rows(8);
            return critic.Update(rows, critic.Values(rows), Returns(rows));
        }

        Assert.Equal(Loss(2048), Loss(12), 1e-6);
    }

    [Fact]
    public void The_policy_is_not_moved_by_its_critic()
    {
        using var policy = Some.Model();
        var before = Numbers.Values(policy.Parameters["model.norm.weight"]);
        using var critic = new Critic(Critic.ModelFor(policy), new CriticOptions { LearningRate = 1e-2 });
        var rows = Some.Rows(4);
        // A head of zeros passes no gradient on; its trunk moves from the second step.
        critic.Update(rows, critic.Values(rows), Returns(rows));
        critic.Update(rows, critic.Values(rows), Returns(rows));
        Assert.Equal(before, Numbers.Values(policy.Parameters["model.norm.weight"]));
        Assert.NotEqual(before, Numbers.Values(critic.Model.Parameters["model.norm.weight"]));
    }

    private static List<ImmutableArray<float>> Returns(List<TrainingRow> rows) =>
        [.. rows.Select((row, i) => Enumerable.Repeat(i % 2 == 0 ? 0f : 2f, row.TargetCount).ToImmutableArray())];
}
