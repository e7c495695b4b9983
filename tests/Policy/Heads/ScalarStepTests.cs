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

    [Theory]
    [InlineData(HeadBalance.Gradnorm)]
    [InlineData(HeadBalance.Pcgrad)]
    public void Heads_that_do_not_conflict_are_balanced_to_the_sum_of_their_losses(HeadBalance balance)
    {
        // Labels of one head alone: nothing conflicts, and one pace has nothing to follow.
        ScalarPair[] pairs = [.. Pairs(9).Select(pair => pair with { Labels = [pair.Labels[0], null] })];
        var summed = Gradients(pairs, new ScalarOptions());
        Numbers.Close(summed, Gradients(pairs, new ScalarOptions { Balance = balance }), 1e-6, "one piece");
        Numbers.Close(
            summed, Gradients(pairs, new ScalarOptions { Balance = balance, MicroBatchTokens = 40 }), 1e-5, "parts");
    }

    [Fact]
    public void Heads_that_want_the_opposite_teach_the_shared_weights_nothing_under_PCGrad_but_each_itself()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig { Heads = ["a", "b"], Kind = HeadKind.Linear });
        CopyHead(model);
        using var optimizer = new AdamW(model.Trained, new AdamWOptions { MaxGradientNorm = double.PositiveInfinity });
        ScalarPair[] pairs =
            [.. Pairs(3).Select(pair => pair with { Labels = [pair.Labels[0], Other(pair.Labels[0])] })];
        new ScalarStep(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 1 },
            new ScalarObjective { Loss = new OpposedLoss() },
            new ScalarOptions { Balance = HeadBalance.Pcgrad }).Run(pairs);

        var moments = optimizer.StateTensors().ToDictionary(one => one.Name, one => one.Values);
        Assert.All(
            moments.Where(one => one.Key.StartsWith("m.model.", StringComparison.Ordinal)),
            one => Assert.All(Numbers.Values(one.Value), value => Assert.Equal(0, value, 1e-6f)));
        Assert.Contains(Numbers.Values(moments["m.a_head.weight"]), value => Math.Abs(value) > 1e-4f);
    }

    [Fact]
    public void Weights_of_GradNorm_favour_the_slower_head_and_go_on_from_where_they_were()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig { Heads = ["preference", "noise"] });
        using var optimizer = new AdamW(model.Trained, new AdamWOptions());
        var options = new ScalarOptions { Balance = HeadBalance.Gradnorm };
        ScalarStep Step() => new(
            model, optimizer, new LearningRateSchedule { BaseRate = 0.003 }, new ScalarObjective(), options);
        var step = Step();
        var pairs = Pairs(8).Where(pair => pair.Labels[0] != PreferenceLabel.Tie).ToArray();

        // The second head is told one thing and then the other: it does not get on.
        ScalarPair[] At(int i) =>
        [
            .. pairs.Select(pair => pair with
            {
                Labels = [pair.Labels[0], i % 2 == 0 ? pair.Labels[0] : Other(pair.Labels[0])],
            }),
        ];
        var metrics = Enumerable.Range(0, 30).Select(i => step.Run(At(i))).ToList();
        Assert.Equal(1, metrics[0].Heads[0].Weight);
        Assert.True(metrics[^1].Heads[1].Weight > metrics[^1].Heads[0].Weight);
        Assert.Equal(2, metrics[^1].Heads.Sum(head => head.Weight!.Value), 1e-9);

        var again = Step();
        again.GoOnFrom(step.Followed);
        Assert.Equal(step.Followed, again.Followed);
    }

    /// <summary>Pairs of different lengths; every fourth is a tie.</summary>
    internal static ScalarPair[] Pairs(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new ScalarPair(
            new ScalarRow([.. Some.Tokens(4 + (i % 3), 20 + i)]),
            new ScalarRow([.. Some.Tokens(3 + (i % 5), 90 + i)]),
            [i % 4 == 3 ? PreferenceLabel.Tie : i % 2 == 0 ? PreferenceLabel.First : PreferenceLabel.Second])),
    ];

    private static PreferenceLabel? Other(PreferenceLabel? label) => label switch
    {
        PreferenceLabel.First => PreferenceLabel.Second,
        PreferenceLabel.Second => PreferenceLabel.First,
        _ => label,
    };

    private static void CopyHead(ScalarModel model)
    {
        using var mode = no_grad();
        foreach (var spec in model.Heads.Parameters.Specs.Where(spec => spec.Name.StartsWith('b')))
        {
            model.Heads.Parameters[spec.Name].copy_(model.Heads.Parameters["a" + spec.Name[1..]]);
        }
    }

    private static float[] Gradients(ScalarPair[] pairs, ScalarOptions options)
    {
        using var scope = NewDisposeScope();
        using var model = ScalarModelTests.Model(new ScalarConfig { Heads = ["preference", "safety"] });
        using var optimizer = new AdamW(model.Trained, new AdamWOptions { MaxGradientNorm = double.PositiveInfinity });
        new ScalarStep(
            model, optimizer, new LearningRateSchedule { BaseRate = 1 }, new ScalarObjective(), options).Run(pairs);
        return FirstMoments(optimizer);
    }

    // After one step they are a tenth of the gradients.
    private static float[] FirstMoments(AdamW optimizer) =>
    [
        .. optimizer.StateTensors()
            .Where(one => one.Name.StartsWith("m.", StringComparison.Ordinal))
            .SelectMany(one => Numbers.Values(one.Values)),
    ];

    private static float[] After(IPairLoss loss, ScalarOptions options)
    {
        using var scope = NewDisposeScope();
        using var model = ScalarModelTests.Model(new ScalarConfig { ScaleForTraining = true });
        using var optimizer = new AdamW(model.Trained, new AdamWOptions { MaxGradientNorm = double.PositiveInfinity });
        var step = new ScalarStep(
            model, optimizer, new LearningRateSchedule { BaseRate = 1 }, new ScalarObjective { Loss = loss }, options);

        step.Run(Pairs(9));
        return FirstMoments(optimizer);
    }

    // The mean gap: two heads alike that are told the opposite have opposite gradients, whatever their scores are.
    private sealed record OpposedLoss : IPairLoss
    {
        public bool ComparesPairs => false;

        public Tensor PerPair(Tensor chosenN, Tensor rejectedN) => rejectedN - chosenN;
    }
}
