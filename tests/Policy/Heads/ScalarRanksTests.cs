using R1Reward.Data.Pairs;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Heads;

public sealed class ScalarRanksTests
{
    public static TheoryData<IPairLoss> Losses() =>
        [new BradleyTerryLoss(0.1), new HpsLoss(), new ContrastiveLoss(), new AdaptiveLoss()];

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_step_of_a_scalar_model_is_the_same_whatever_the_number_of_ranks(IPairLoss loss) =>
        AreTheSame(loss, new ScalarOptions { MicroBatchTokens = 40, GradientCheckpointing = loss is HpsLoss });

    [Theory]
    [InlineData(HeadBalance.Gradnorm)]
    [InlineData(HeadBalance.Pcgrad)]
    public void Heads_are_balanced_by_the_gradients_of_all_ranks(HeadBalance balance) =>
        AreTheSame(new HpsLoss(), new ScalarOptions { MicroBatchTokens = 40, Balance = balance });

    // The second head is told otherwise of every third pair.
    private static ScalarPair[] Pairs(int count) =>
    [
        .. ScalarStepTests.Pairs(count).Select((pair, i) =>
            pair with { Labels = [pair.Labels[0], i % 3 == 0 ? PreferenceLabel.Second : pair.Labels[0]] }),
    ];

    private static void AreTheSame(IPairLoss loss, ScalarOptions options)
    {
        var (weights, figures) = Run(1)[0];
        for (var ranks = 2; ranks <= 4; ranks++)
        {
            foreach (var one in Run(ranks))
            {
                Numbers.Close(weights, one.Weights, 1e-5, $"weights of {ranks} ranks");
                Assert.Equal(figures, one.Figures, (a, b) => Math.Abs(a - b) < 1e-4);
            }
        }

        (float[] Weights, double[] Figures)[] Run(int ranks) => LoopbackRing.Run(ranks, rank =>
        {
            using var model = ScalarModelTests.Model(
                new ScalarConfig { ScaleForTraining = true, Heads = ["preference", "safety"] });
            using var optimizer = new AdamW(model.Trained, new AdamWOptions()) { Ranks = rank };
            var step = new ScalarStep(
                model,
                optimizer,
                new LearningRateSchedule { BaseRate = 1e-3 },
                new ScalarObjective { Loss = loss },
                options);
            step.Run(Pairs(7));
            var metrics = step.Run(Pairs(3));
            float[] weights =
                [.. model.Trained.SelectMany(table => table.Groups).SelectMany(group => Numbers.Values(group.Values))];
            double[] figures = [metrics.Loss, metrics.GradientNorm, .. step.Followed.Values];
            return (weights, figures);
        });
    }
}
