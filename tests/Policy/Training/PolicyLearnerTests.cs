using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Losses;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

public sealed class PolicyLearnerTests
{
    [Fact]
    public void The_first_step_on_its_own_samples_has_ratio_one_and_the_second_is_off_policy()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var metrics = Learner(model, optimizer, 64).Update(Some.Experiences(model, 12));
        Assert.Equal(1, metrics.Steps);
        Assert.Equal(1, metrics.MeanRatio, 1e-5);
        Assert.True(metrics.LargestLogRatio < 1e-4, $"{metrics.LargestLogRatio}");
        Assert.Equal(0, metrics.ClipShare);
        Assert.Equal(metrics.LargestLogRatio, metrics.LargestSamplerGap);

        metrics = Learner(model, optimizer, 6).Update(Some.Experiences(model, 12));
        Assert.Equal(2, metrics.Steps);
        Assert.True(metrics.LargestLogRatio > 1e-3, $"{metrics.LargestLogRatio}");
        Assert.InRange(metrics.LargestSamplerGap, metrics.MeanSamplerGap, 1e-4);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(50)]
    public void A_batch_invariant_model_starts_without_any_gap_and_learns_the_same(int microBatchTokens)
    {
        using var model = Some.Model();
        using var exact = Some.Model();
        exact.IsBatchInvariant = true;
        using var optimizer = new AdamW(exact.Parameters, new AdamWOptions { Epsilon = 1e-3 });
        var metrics = Learner(exact, optimizer, 6, microBatchTokens: microBatchTokens)
            .Update(Some.Experiences(exact, 12));
        Assert.Equal((0, 0), (metrics.MeanSamplerGap, metrics.LargestSamplerGap));
        Assert.True(metrics.LargestLogRatio > 1e-3, $"{metrics.LargestLogRatio}");

        using var plain = new AdamW(model.Parameters, new AdamWOptions { Epsilon = 1e-3 });
        Learner(model, plain, 6, microBatchTokens: microBatchTokens).Update(Some.Experiences(model, 12));
        const string weight = "model.layers.0.self_attn.q_proj.weight";
        Assert.Equal(
            Numbers.Values(model.Parameters[weight]),
            Numbers.Values(exact.Parameters[weight]),
            (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Responses_with_positive_advantage_become_likelier_and_others_less_likely()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 8);
        var learner = Learner(model, optimizer, 8, rate: 5e-3);
        for (var i = 0; i < 3; i++)
        {
            learner.Update(rollout);
        }

        var after = ResponseLogProbs.Compute(model, [.. rollout.Select(one => one.Row)], 512);
        double Gain(int parity) =>
            rollout.Select((one, i) => i % 2 == parity ? after[i].Average() - one.OldLogProbs.Average() : 0).Sum();
        Assert.True(Gain(0) > 0.05, $"{Gain(0)}");
        Assert.True(Gain(1) < -0.05, $"{Gain(1)}");
    }

    [Fact]
    public void Micro_batches_change_the_update_by_rounding_only()
    {
        Assert.Equal(After(10_000), After(10), (a, b) => Math.Abs(a - b) < 1e-4);

        static float[] After(int microBatchTokens)
        {
            using var model = Some.Model();
            using var optimizer = new AdamW(model.Parameters, new AdamWOptions { Epsilon = 1e-3 });
            Learner(model, optimizer, 4, microBatchTokens: microBatchTokens).Update(Some.Experiences(model, 8));
            return Numbers.Values(model.Parameters["model.layers.0.self_attn.q_proj.weight"]);
        }
    }

    [Fact]
    public void A_zero_advantage_gives_no_gradient_and_still_counts_in_the_mean()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 4);
        var whole = Learner(model, optimizer, 8, rate: 0).Update(rollout);
        var half = Learner(model, optimizer, 8, rate: 0).Update([.. rollout.Select((one, i) =>
            i % 2 == 0 ? one : one with { Advantages = [.. one.Advantages.Select(_ => 0f)] })]);
        Assert.Equal(0, whole.Loss, 1e-5);
        Assert.Equal(-0.5, half.Loss, 1e-5);
    }

    [Fact]
    public void Half_a_response_is_an_error_with_its_numbers()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var broken = Some.Experiences(model, 1)[0] with { Advantages = [1f] };
        Assert.Contains(
            "1 advantages",
            Assert.Throws<InvalidOperationException>(() => Learner(model, optimizer, 8).Update([broken])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_and_leaves_the_weights()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 2);
        var before = Numbers.Values(model.Parameters["model.norm.weight"]);
        rollout[1] = rollout[1] with { Advantages = [.. rollout[1].Advantages.Select(_ => float.NaN)] };
        Assert.Contains(
            "NaN",
            Assert.Throws<InvalidOperationException>(() => Learner(model, optimizer, 8).Update(rollout)).Message,
            StringComparison.Ordinal);
        Assert.Equal(before, Numbers.Values(model.Parameters["model.norm.weight"]));
    }

    public static TheoryData<string> Losses() => [.. EveryLossTests.All.Keys];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_teaches_and_does_not_depend_on_micro_batches(string name)
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 8);
        var learner = Learner(
            model, optimizer, 4, rate: 2e-3, objective: new PolicyObjective(EveryLossTests.All[name]));
        var whole = Pieces(2048);
        var cut = Pieces(16);
        Assert.Equal(whole.Loss, cut.Loss, 1e-5);
        Assert.Equal(whole.GradientNorm, cut.GradientNorm, 1e-4 * Math.Max(1, whole.GradientNorm));
        Assert.Equal(4, learner.Update(rollout).Steps + learner.Update(rollout).Steps);
        var after = ResponseLogProbs.Compute(model, [.. rollout.Select(one => one.Row)], 512);
        double Gain(int parity) =>
            rollout.Select((one, i) => i % 2 == parity ? after[i].Sum() - one.OldLogProbs.Sum() : 0).Sum();
        Assert.True(Gain(0) > Gain(1), $"{Gain(0)} {Gain(1)}");

        PolicyMetrics Pieces(int tokens)
        {
            using var mine = Some.Model();
            using var own = new AdamW(mine.Parameters, new AdamWOptions());
            return Learner(mine, own, 4, rate: 0, microBatchTokens: tokens, objective: Extended(name))
                .Update(Referred(rollout), 0.1);
        }
    }

    [Fact]
    public void A_divergence_in_the_loss_holds_the_policy_at_its_reference()
    {
        double Drift(double weight)
        {
            using var model = Some.Model();
            using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
            var rollout = Referred(Some.Experiences(model, 8));
            var learner = Learner(
                model,
                optimizer,
                4,
                rate: 5e-3,
                objective: new PolicyObjective(new PpoClipLoss()) { Kl = KlEstimator.K3 });
            for (var i = 0; i < 5; i++)
            {
                learner.Update(rollout, weight);
            }

            return learner.Update(rollout, weight).DriftKl;
        }

        Assert.True(Drift(10) < 0.5 * Drift(0), $"{Drift(10)} {Drift(0)}");
    }

    [Fact]
    public void An_entropy_bonus_makes_the_policy_less_certain()
    {
        double Entropy(double bonus)
        {
            using var model = Some.Model();
            using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
            var rollout = Some.Experiences(model, 8);
            var learner = Learner(
                model,
                optimizer,
                8,
                rate: 5e-3,
                objective: new PolicyObjective(new PpoClipLoss()) { EntropyBonus = bonus });
            for (var i = 0; i < 5; i++)
            {
                learner.Update(rollout);
            }

            return ResponseLogProbs.Entropies(model, [.. rollout.Select(one => one.Row)], 512).SelectMany(row => row)
                .Average();
        }

        Assert.True(Entropy(1) > Entropy(0) + 0.05, $"{Entropy(1)} {Entropy(0)}");
    }

    [Theory]
    [InlineData(EntropyRule.Sequence)]
    [InlineData(EntropyRule.Batch)]
    public void An_entropy_filter_learns_from_undecided_tokens_only(EntropyRule rule)
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 8);
        var objective = new PolicyObjective(new PpoClipLoss()) { EntropyFilter = rule, EntropyShare = 0.25 };
        double Loss(IReadOnlyList<Experience> given) =>
            Learner(model, optimizer, 8, rate: 0, objective: objective).Update(given).Loss;
        var entropies = ResponseLogProbs.Entropies(model, [.. rollout.Select(one => one.Row)], 512);
        var threshold = EntropyFilter.ThresholdOfBatch(entropies.SelectMany(row => row), 0.25);
        var plain = Loss(rollout);
        var changed = rollout.Select((one, i) =>
        {
            var kept = rule == EntropyRule.Sequence
                ? EntropyFilter.OfSequence(entropies[i].AsSpan(), 0.25)
                : [.. entropies[i].Select(entropy => entropy >= threshold)];
            return one with { Advantages = [.. one.Advantages.Select((advantage, t) => kept[t] ? advantage : 100f)] };
        }).ToList();
        Assert.Equal(plain, Loss(changed), 1e-5);
        Assert.NotEqual(
            plain,
            Loss([.. rollout.Select(one => one with { Advantages = [.. one.Advantages.Select(_ => 1f)] })]),
            1e-3);
    }

    [Fact]
    public void A_step_that_is_not_finite_is_skipped_and_counted_where_that_is_asked_for()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 4);
        rollout[1] = rollout[1] with { Advantages = [.. rollout[1].Advantages.Select(_ => float.NaN)] };
        var metrics = Learner(model, optimizer, 2, skip: true).Update(rollout);
        Assert.Equal((1, 1), (metrics.Steps, metrics.NonFiniteSteps));
        Assert.True(double.IsFinite(metrics.LargestGradientNorm) && metrics.LargestGradientNorm > 0);
        Assert.All(Numbers.Values(model.Parameters["model.norm.weight"]), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Nothing_to_learn_from_is_no_step()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        Assert.Equal(0, Learner(model, optimizer, 2).Update([]).Steps);
        Assert.Equal(0, optimizer.StepCount);
    }

    [Fact]
    public void Steps_leave_no_live_tensors_behind()
    {
        using var model = Some.Model();
        using var reference = model.Clone();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var learner = Learner(model, optimizer, 4);
        var trainer = new SftTrainer(model, optimizer, new LearningRateSchedule { BaseRate = 1e-4 }, new SftOptions());
        var checkpointing = new SftTrainer(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 1e-4 },
            new SftOptions { GradientCheckpointing = true });
        var rollout = Some.Experiences(model, 8);
        using var cache = new KvCache(Some.Config, 2, 12, CPU, ScalarType.Float32);
        Step();
        var before = Live();
        for (var i = 0; i < 5; i++)
        {
            Step();
        }

        Assert.Equal(before, Live());

        void Step()
        {
            learner.Update(rollout);
            trainer.Step(Some.Rows(6));
            checkpointing.Step(Some.Rows(6));
            ResponseLogProbs.Compute(reference, Some.Rows(3), 512);
            using var scope = NewDisposeScope();
            cache.Clear();
            model.Prefill(Numbers.Ids([Some.Tokens(3, 1)]), [3], cache, 2);
            model.Logits(model.Decode(zeros(2, dtype: ScalarType.Int64), cache));
        }

        static long Live() => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }

    private static PolicyObjective Extended(string loss) => new(EveryLossTests.All[loss])
    {
        Kl = KlEstimator.K3,
        KlTimesRatio = true,
        EntropyBonus = 0.01,
        EntropyFilter = EntropyRule.Batch,
        EntropyShare = 0.8,
        OffPolicyLimit = 1,
    };

    private static List<Experience> Referred(IEnumerable<Experience> rollout) =>
        [.. rollout.Select(one =>
            one with { ReferenceLogProbs = [.. one.OldLogProbs.Select((value, t) => value + (0.1f * (t % 3)))] })];

    private static PolicyLearner Learner(
        CausalLM model,
        AdamW optimizer,
        int trainBatch,
        double rate = 1e-2,
        int microBatchTokens = 2048,
        PolicyObjective? objective = null,
        bool skip = false) => new(
        model,
        optimizer,
        new LearningRateSchedule { BaseRate = rate },
        objective ?? new PolicyObjective(new StableReinforceLoss()),
        new PolicyLearnerOptions
        {
            TrainBatchSize = trainBatch,
            MicroBatchTokens = microBatchTokens,
            MaxResponseTokens = 10,
            SkipNonFinite = skip,
            Seed = 3,
        });
}
