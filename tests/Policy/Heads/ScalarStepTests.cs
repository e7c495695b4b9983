using R1Reward.Data.Pairs;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Heads;

public sealed class ScalarStepTests
{
    public static TheoryData<IPairLoss> Losses() =>
        [new BradleyTerryLoss(0.1), new HpsLoss(), new ContrastiveLoss(), new AdaptiveLoss()];

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_batch_in_parts_and_with_recomputed_activations_gives_the_same_weights(IPairLoss loss)
    {
        var whole = After(loss, new ScalarOptions());
        var parts = After(loss, new ScalarOptions { MicroBatchTokens = 40 });
        var recomputed = After(loss, new ScalarOptions { MicroBatchTokens = 40, GradientCheckpointing = true });
        Numbers.Close(whole, parts, 1e-5, "parts");
        Numbers.Close(whole, recomputed, 1e-5, "recomputed");
    }

    [Fact]
    public void Training_ranks_its_pairs_and_the_figures_say_so()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig { ScaleForTraining = true });
        using var optimizer = new AdamW(model.Trained, new AdamWOptions());
        var step = new ScalarStep(
            model, optimizer, new LearningRateSchedule { BaseRate = 0.01 }, new ScalarObjective(), new ScalarOptions());
        var pairs = Pairs(8);
        var first = step.Run(pairs);
        ScalarMetrics last = first;
        for (var i = 0; i < 40; i++)
        {
            last = step.Run(pairs);
        }

        Assert.True(last.Loss < first.Loss / 2, $"{first.Loss} to {last.Loss}");
        var head = Assert.Single(last.Heads);
        Assert.Equal(1, head.Accuracy);
        Assert.True(head.Chosen > head.Rejected);
        Assert.True(head.MeanLoss > 0);
        Assert.Equal(41, last.Step);
    }

    [Fact]
    public void A_head_learns_from_its_own_labels_only()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig { Heads = ["preference", "safety"] });
        using var optimizer = new AdamW(model.Heads.Parameters, new AdamWOptions());
        var step = new ScalarStep(
            model, optimizer, new LearningRateSchedule { BaseRate = 0.01 }, new ScalarObjective(), new ScalarOptions());
        var untouched = Numbers.Values(model.Heads.Parameters["safety_head.0.weight"]);
        var touched = Numbers.Values(model.Heads.Parameters["preference_head.0.weight"]);
        var metrics = step.Run(
            [.. Pairs(4).Select(pair => pair with { Labels = [pair.Labels[0], null] })]);
        Assert.Equal(untouched, Numbers.Values(model.Heads.Parameters["safety_head.0.weight"]));
        Assert.NotEqual(touched, Numbers.Values(model.Heads.Parameters["preference_head.0.weight"]));
        Assert.Null(metrics.Heads[1].Accuracy);
        Assert.Equal(0, metrics.Heads[1].Pairs);
    }

    [Fact]
    public void A_batch_without_a_label_is_refused()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig());
        using var optimizer = new AdamW(model.Trained, new AdamWOptions());
        var step = new ScalarStep(
            model, optimizer, new LearningRateSchedule { BaseRate = 0.01 }, new ScalarObjective(), new ScalarOptions());
        var wrong = Assert.Throws<InvalidOperationException>(
            () => step.Run([.. Pairs(2).Select(pair => pair with { Labels = [null] })]));
        Assert.Contains("2 pairs", wrong.Message);
    }

    /// <summary>Pairs of different lengths; every fourth is a tie.</summary>
    internal static ScalarPair[] Pairs(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new ScalarPair(
            new ScalarRow([.. Some.Tokens(4 + (i % 3), 20 + i)]),
            new ScalarRow([.. Some.Tokens(3 + (i % 5), 90 + i)]),
            [i % 4 == 3 ? PreferenceLabel.Tie : i % 2 == 0 ? PreferenceLabel.First : PreferenceLabel.Second])),
    ];

    private static float[] After(IPairLoss loss, ScalarOptions options)
    {
        using var scope = NewDisposeScope();
        using var model = ScalarModelTests.Model(new ScalarConfig { ScaleForTraining = true });
        using var optimizer = new AdamW(model.Trained, new AdamWOptions { MaxGradientNorm = double.PositiveInfinity });
        var step = new ScalarStep(
            model, optimizer, new LearningRateSchedule { BaseRate = 1 }, new ScalarObjective { Loss = loss }, options);

        // The first moments after one step are a tenth of the gradients.
        step.Run(Pairs(9));
        return
        [
            .. optimizer.StateTensors()
                .Where(one => one.Name.StartsWith("m.", StringComparison.Ordinal))
                .SelectMany(one => Numbers.Values(one.Values)),
        ];
    }
}
