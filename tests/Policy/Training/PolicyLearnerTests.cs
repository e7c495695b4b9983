using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
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
        var metrics = Learner(model, model, optimizer, 64).Update(Some.Experiences(model, 12));
        Assert.Equal(1, metrics.Steps);
        Assert.Equal(1, metrics.MeanRatio, 1e-5);
        Assert.True(metrics.LargestLogRatio < 1e-4, $"{metrics.LargestLogRatio}");
        Assert.Equal(0, metrics.ClipShare);

        metrics = Learner(model, model, optimizer, 6).Update(Some.Experiences(model, 12));
        Assert.Equal(2, metrics.Steps);
        Assert.True(metrics.LargestLogRatio > 1e-3, $"{metrics.LargestLogRatio}");
    }

    [Fact]
    public void Responses_with_positive_advantage_become_likelier_and_others_less_likely()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 8);
        var learner = Learner(model, model, optimizer, 8, rate: 5e-3);
        for (var i = 0; i < 3; i++)
        {
            learner.Update(rollout);
        }

        var after = ResponseLogProbs.Compute(model, [.. rollout.Select(one => one.Row)], 512);
        double Gain(int parity) => rollout.Select((one, i) => i % 2 == parity ? after[i].Average() - one.OldLogProbs.Average() : 0).Sum();
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
            Learner(model, model, optimizer, 4, microBatchTokens: microBatchTokens).Update(Some.Experiences(model, 8));
            return Numbers.Values(model.Parameters["model.layers.0.self_attn.q_proj.weight"]);
        }
    }

    [Fact]
    public void A_zero_advantage_gives_no_gradient_and_still_counts_in_the_mean()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 4);
        var whole = Learner(model, model, optimizer, 8, rate: 0).Update(rollout);
        var half = Learner(model, model, optimizer, 8, rate: 0).Update([.. rollout.Select((one, i) => i % 2 == 0 ? one : one with { Advantages = [.. one.Advantages.Select(_ => 0f)] })]);
        Assert.Equal(0, whole.Loss, 1e-5);
        Assert.Equal(-0.5, half.Loss, 1e-5);
    }

    [Fact]
    public void Half_a_response_is_an_error_with_its_numbers()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var broken = Some.Experiences(model, 1)[0] with { Advantages = [1f] };
        Assert.Contains("1 advantages", Assert.Throws<InvalidOperationException>(() => Learner(model, model, optimizer, 8).Update([broken])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_and_leaves_the_weights()
    {
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var rollout = Some.Experiences(model, 2);
        var before = Numbers.Values(model.Parameters["model.norm.weight"]);
        rollout[1] = rollout[1] with { Advantages = [.. rollout[1].Advantages.Select(_ => float.NaN)] };
        Assert.Contains("NaN", Assert.Throws<InvalidOperationException>(() => Learner(model, model, optimizer, 8).Update(rollout)).Message, StringComparison.Ordinal);
        Assert.Equal(before, Numbers.Values(model.Parameters["model.norm.weight"]));
    }

    [Fact]
    public void Steps_leave_no_live_tensors_behind()
    {
        using var model = Some.Model();
        using var reference = model.Clone();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var learner = Learner(model, reference, optimizer, 4);
        var trainer = new SftTrainer(model, optimizer, new LearningRateSchedule { BaseRate = 1e-4 }, new SftOptions());
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
            ResponseLogProbs.Compute(reference, Some.Rows(3), 512);
            using var scope = NewDisposeScope();
            cache.Clear();
            model.Prefill(Numbers.Ids([Some.Tokens(3, 1)]), [3], cache, 2);
            model.Logits(model.Decode(zeros(2, dtype: ScalarType.Int64), cache));
        }

        static long Live() => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }

    private static PolicyLearner Learner(CausalLM model, CausalLM reference, AdamW optimizer, int trainBatch, double rate = 1e-2, int microBatchTokens = 2048) =>
        new(model, reference, optimizer, new LearningRateSchedule { BaseRate = rate }, new StableReinforceLoss(), new PolicyLearnerOptions { TrainBatchSize = trainBatch, MicroBatchTokens = microBatchTokens, Seed = 3 });
}
