using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Training;

/// <summary>The step as a program without actors uses it.</summary>
public sealed class ReinforceStepTests
{
    [Fact]
    public void Rewarded_traces_become_likelier_than_the_others()
    {
        using var policy = Some.Model();
        using var optimizer = new AdamW(policy.Trained, new AdamWOptions());
        var step = new ReinforceStep(Learner(policy, optimizer), new AdvantagePipeline(), new KlController());
        var traces = Traces(policy, 8);
        for (var i = 0; i < 3; i++)
        {
            step.Run(traces);
        }

        var after = LogProbs(policy, traces);
        double Gain(int parity) =>
            traces.Select((one, i) => i % 2 == parity ? after[i] - one.Trace.LogProbs.Sum() : 0).Sum();
        Assert.True(Gain(0) > Gain(1) + 0.1, $"{Gain(0)} {Gain(1)}");
    }

    [Fact]
    public void The_divergence_counts_in_the_reward_or_in_the_loss_and_never_in_both()
    {
        double Advantage(KlEstimator? inLoss, double coefficient)
        {
            using var policy = Some.Model();
            using var reference = Some.Model(seed: 2);
            using var optimizer = new AdamW(policy.Trained, new AdamWOptions());
            var options = new AdvantageOptions { Batch = BatchNormalisation.None };
            var objective = new PolicyObjective(new PpoClipLoss()) { Kl = inLoss };
            var kl = new KlController(new KlOptions { Initial = coefficient });
            var step = new ReinforceStep(Learner(policy, optimizer, objective), new AdvantagePipeline(options), kl)
            {
                Reference = reference,
            };
            var metrics = step.Run(Traces(policy, 2));
            Assert.NotEqual(0, metrics.Advantages.Stats.Kl);
            Assert.Equal(coefficient, metrics.KlCoefficient);
            return metrics.Advantages.Traces[0].Advantages[0];
        }

        Assert.NotEqual(Advantage(null, 0), Advantage(null, 1));
        Assert.Equal(Advantage(null, 0), Advantage(KlEstimator.K3, 1));
    }

    [Fact]
    public void Dropped_traces_are_learned_by_neither_policy_nor_critic()
    {
        using var policy = Some.Model();
        using var critic = new Critic(Critic.ModelFor(policy), new CriticOptions { LearningRate = 1e-2 });
        using var optimizer = new AdamW(policy.Trained, new AdamWOptions());
        var options = new AdvantageOptions { Estimator = AdvantageEstimator.Gae, DropTruncated = true };
        var step = new ReinforceStep(Learner(policy, optimizer), new AdvantagePipeline(options), new KlController())
        {
            Critic = critic,
        };
        var traces = Traces(policy, 4).Select(scored =>
            scored with { Trace = scored.Trace with { Finish = FinishReason.Length } }).ToList();
        var metrics = step.Run(traces);
        Assert.Equal(1, metrics.Advantages.Stats.DroppedShare);
        Assert.Equal((0, 0L, 0L), (metrics.Policy.Steps, optimizer.StepCount, critic.Optimizer.StepCount));
        Assert.Equal(NoSignal.AllTruncated, metrics.SkippedFor);

        metrics = step.Run(Traces(policy, 4));
        Assert.Equal((1, 1L, 1L), (metrics.Policy.Steps, optimizer.StepCount, critic.Optimizer.StepCount));
        Assert.Equal(0, metrics.Critic!.MeanValue);
        Assert.True(metrics.Critic.Loss > 0, $"{metrics.Critic.Loss}");
    }

    [Theory]
    [InlineData(EqualRewardsRule.Skip)]
    [InlineData(EqualRewardsRule.Update)]
    public void Equal_rewards_move_the_policy_by_the_noise_of_the_divergence_only_where_that_is_asked_for(
        EqualRewardsRule rule)
    {
        using var policy = Some.Model();
        using var reference = Some.Model(seed: 2);
        using var optimizer = new AdamW(policy.Trained, new AdamWOptions());
        var advantages = new AdvantagePipeline(new AdvantageOptions { EqualRewards = rule });
        var step = new ReinforceStep(Learner(policy, optimizer), advantages, new KlController())
        {
            Reference = reference,
        };
        var traces = Traces(policy, 4).Select(scored => scored with { Reward = 0.5 }).ToList();
        var before = LogProbs(policy, traces);

        var metrics = step.Run(traces);

        var isMoved = !before.SequenceEqual(LogProbs(policy, traces));
        Assert.Equal(rule == EqualRewardsRule.Update, isMoved);
        Assert.Equal(isMoved ? null : NoSignal.EqualRewards, metrics.SkippedFor);
        Assert.Equal(isMoved, metrics.Policy.GradientNorm > 0.1);
        Assert.Equal(!isMoved, double.IsNaN(metrics.Policy.Loss) && double.IsNaN(metrics.Policy.Entropy));
        Assert.True(double.IsFinite(metrics.Advantages.Stats.Kl));
    }

    [Fact]
    public void Groups_of_equal_rewards_under_group_norm_have_no_gradient_and_a_loss_of_0()
    {
        using var policy = Some.Model();
        using var optimizer = new AdamW(policy.Trained, new AdamWOptions());
        var advantages = new AdvantagePipeline(new AdvantageOptions { Estimator = AdvantageEstimator.GroupNorm });
        var step = new ReinforceStep(Learner(policy, optimizer), advantages, new KlController());

        // Three times 0.1 over 3 is not 0.1: a deviation of 0 would make a number of the difference.
        var metrics = step.Run(
            [.. Traces(policy, 6).Select((scored, i) => scored with { Group = i / 3, Reward = i < 3 ? 0.1 : 0.7 })]);

        Assert.Equal((0, 0), (metrics.Policy.Loss, metrics.Policy.LargestGradientNorm));
        Assert.Equal(NoSignal.NoGradient, metrics.SkippedFor);
        Assert.True(double.IsNaN(metrics.Advantages.Stats.Kl), "no reference, no divergence");
    }

    [Fact]
    public void A_divergence_that_nobody_measured_does_not_steer_the_controller()
    {
        using var policy = Some.Model();
        using var reference = Some.Model(seed: 2);
        using var optimizer = new AdamW(policy.Trained, new AdamWOptions());
        var kl = new KlController(new KlOptions { Initial = 0.01, Target = 0.1, Horizon = 10 });
        var advantages = new AdvantagePipeline(new AdvantageOptions { DropEqualGroups = true });
        var step = new ReinforceStep(Learner(policy, optimizer), advantages, kl) { Reference = reference };

        var metrics = step.Run([.. Traces(policy, 4).Select(scored => scored with { Group = 0, Reward = 1 })]);

        Assert.Equal(NoSignal.EqualRewards, metrics.SkippedFor);
        Assert.True(double.IsNaN(metrics.Advantages.Stats.Kl));
        Assert.Equal(0.01, kl.Coefficient);
    }

    [Fact]
    public void A_divergence_in_the_loss_without_a_reference_is_refused()
    {
        using var policy = Some.Model();
        using var optimizer = new AdamW(policy.Trained, new AdamWOptions());
        var objective = new PolicyObjective(new PpoClipLoss()) { Kl = KlEstimator.K3 };
        var step = new ReinforceStep(
            Learner(policy, optimizer, objective), new AdvantagePipeline(), new KlController());
        var error = Assert.Throws<InvalidOperationException>(() => step.Run(Traces(policy, 2)));
        Assert.Contains("reference", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Traces "sampled" by a policy: their log-probabilities are its own. Every second one is rewarded.
    /// </summary>
    internal static List<ScoredTrace> Traces(CausalLM policy, int count)
    {
        var rows = Some.Rows(count);
        var logProbs = ResponseLogProbs.Compute(policy, rows, 512);
        Trace Trace(int i)
        {
            var tokens = rows[i].Tokens;
            var prompt = tokens.Length - rows[i].TargetCount;
            return Some.Trace($"trace-{i}", [.. tokens[..prompt]], [.. tokens[prompt..]], [.. logProbs[i]]);
        }

        return [.. rows.Select((_, i) => new ScoredTrace(Trace(i), i, i % 2 == 0 ? 1 : 0, []))];
    }

    private static double[] LogProbs(CausalLM policy, IEnumerable<ScoredTrace> traces) =>
        [.. ResponseLogProbs.Compute(policy, [.. traces.Select(one => TrainingRow.FromTrace(one.Trace))], 512)
            .Select(row => (double)row.Sum())];

    private static PolicyLearner Learner(CausalLM policy, AdamW optimizer, PolicyObjective? objective = null) => new(
        policy,
        optimizer,
        new LearningRateSchedule { BaseRate = 5e-3 },
        objective ?? new PolicyObjective(new StableReinforceLoss()),
        new PolicyLearnerOptions { TrainBatchSize = 8, MaxResponseTokens = 10, Seed = 3 });
}
