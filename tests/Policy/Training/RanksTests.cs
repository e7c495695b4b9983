using R1Reward.Policy.Adapters;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Tests.Losses;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

/// <summary>Updates of 1, 2, 3 and 4 ranks, each with a model of its own, in a ring of sockets.</summary>
public sealed class RanksTests
{
    public static TheoryData<string, Sharding> Losses() => BySharding(EveryLossTests.All.Keys);

    [Theory]
    [MemberData(nameof(Losses))]
    public void An_update_by_every_loss_is_the_same_whatever_the_number_of_ranks(string loss, Sharding sharding) =>
        AreTheSame(
            rank => Reinforce(rank, new Case { Loss = EveryLossTests.All[loss], Sharding = sharding }),
            isThorough: sharding == Sharding.None);

    public static TheoryData<string, Sharding> Cases() => BySharding(_cases.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_surrounds_the_loss_is_the_same_as_well(string name, Sharding sharding) =>
        AreTheSame(
            rank => Reinforce(rank, _cases[name] with { Sharding = sharding }),
            isThorough: sharding is Sharding.None or Sharding.Parameters);

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_exchange_during_the_backward_pass_gives_the_bits_of_one_after_it(string name, Sharding sharding)
    {
        var one = _cases[name] with { Sharding = sharding };
        float[] Weights(bool overlaps) =>
            LoopbackRing.Run(3, rank => Reinforce(rank, one with { Overlaps = overlaps }))[1].Weights;
        Assert.Equal(Weights(false), Weights(true));
    }

    [Theory]
    [MemberData(nameof(Shardings))]
    public void A_step_that_is_not_finite_is_skipped_by_every_rank(Sharding sharding) => AreTheSame(rank =>
    {
        using var model = Some.Model();
        using var optimizer = Adam(model, rank, sharding);
        var metrics = Broken(model, optimizer, skip: true);
        Assert.Equal((1, 1), (metrics.Steps, metrics.NonFiniteSteps));
        return (Weights(model), [metrics.Loss, metrics.GradientNorm]);
    });

    public static TheoryData<string, Sharding> SecondRuns() =>
        BySharding(["adapter with dropout", "fewer responses than ranks"]);

    [Theory]
    [MemberData(nameof(SecondRuns))]
    public void A_second_run_has_the_same_bits(string name, Sharding sharding)
    {
        var one = _cases[name] with { Sharding = sharding };
        float[] Weights() => LoopbackRing.Run(3, rank => Reinforce(rank, one))[2].Weights;
        Assert.Equal(Weights(), Weights());
    }

    public static TheoryData<bool, Sharding> ColdStarts() => BySharding([false, true]);

    [Theory]
    [MemberData(nameof(ColdStarts))]
    public void The_cold_start_is_the_same_whatever_the_number_of_ranks(bool checkpointing, Sharding sharding) =>
        AreTheSame(rank => ColdStart(rank, checkpointing, sharding));

    [Theory]
    [MemberData(nameof(ColdStarts))]
    public void A_second_cold_start_has_the_same_bits(bool checkpointing, Sharding sharding)
    {
        float[] Weights() => LoopbackRing.Run(3, rank => ColdStart(rank, checkpointing, sharding))[2].Weights;
        Assert.Equal(Weights(), Weights());
    }

    private static (float[] Weights, double[] Figures) ColdStart(
        ICollective rank, bool checkpointing, Sharding sharding)
    {
        using var model = Some.Model();
        using var adapter = checkpointing ? LoraAdapter.Create(model, Lora(0.3), 3) : null;
        using var optimizer = Adam(model, rank, sharding);
        var trainer = new SftTrainer(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 1e-3 },
            new SftOptions { MicroBatchTokens = 24, GradientCheckpointing = checkpointing });
        var held = trainer.Evaluate(Some.Rows(5, seed: 8));
        var first = trainer.Step(Some.Rows(7));
        var second = trainer.Step(Some.Rows(3));
        return (
            Weights(model),
            [held, first.Loss, first.GradientNorm, second.Loss, second.GradientNorm, second.Targets, second.Tokens]);
    }

    [Theory]
    [MemberData(nameof(Shardings))]
    public void Steps_leave_no_tensor_behind(Sharding sharding) => Assert.All(
        LoopbackRing.Run(3, rank =>
        {
            using var model = Some.Model(dtype: ScalarType.BFloat16);
            using var optimizer = Adam(model, rank, sharding);
            var options = new SftOptions { MicroBatchTokens = 24 };
            var trainer = new SftTrainer(model, optimizer, new LearningRateSchedule { BaseRate = 1e-3 }, options);
            var live = new List<long>();
            for (var step = 0; step < 4; step++)
            {
                trainer.Step(Some.Rows(5));
                ResponseLogProbs.Compute(model, Some.Rows(4), 24, ranks: rank);
                Weights(model);
                live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            }

            return live;
        }),
        live => Assert.All(live, count => Assert.Equal(live[0], count)));

    [Fact]
    public void A_loss_that_is_no_number_ends_the_update_of_every_rank()
    {
        var messages = LoopbackRing.Run(3, rank =>
        {
            using var model = Some.Model();
            using var optimizer = Adam(model, rank, Sharding.None);
            return Assert.Throws<InvalidOperationException>(() => Broken(model, optimizer, skip: false)).Message;
        });
        Assert.All(messages, message => Assert.StartsWith("policy loss is NaN at optimiser step ", message));
    }

    /// <summary>An update of two steps, one of which holds an advantage that is no number.</summary>
    private static PolicyMetrics Broken(CausalLM model, AdamW optimizer, bool skip)
    {
        var rollout = Some.Experiences(model, 8);
        rollout[1] = rollout[1] with { Advantages = [.. rollout[1].Advantages.Select(_ => float.NaN)] };
        return new PolicyLearner(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 1e-3 },
            new PolicyObjective(new StableReinforceLoss()),
            new PolicyLearnerOptions { TrainBatchSize = 4, SkipNonFinite = skip }).Update(rollout);
    }

    private static readonly Dictionary<string, Case> _cases = new()
    {
        ["fewer responses than ranks"] = new Case { Responses = 3, TrainBatchSize = 1 },
        ["divergence in the loss"] = new Case { Kl = KlEstimator.K3 },
        ["entropy bonus"] = new Case { EntropyBonus = 0.05 },
        ["tokens of high entropy in each response"] = new Case { EntropyFilter = EntropyRule.Sequence },
        ["tokens of high entropy in the batch"] = new Case { EntropyFilter = EntropyRule.Batch },
        ["critic"] = new Case { Estimator = AdvantageEstimator.Gae },
        ["gradient checkpointing"] = new Case { Checkpointing = true },
        ["adapter with dropout"] = new Case { Dropout = 0.3 },
        ["everything at once"] = new Case
        {
            Loss = new GspoLoss(0.2, 0.3),
            Kl = KlEstimator.K2,
            EntropyBonus = 0.05,
            Estimator = AdvantageEstimator.Gae,
            Checkpointing = true,
            Dropout = 0.2,
        },
    };

    public static TheoryData<Sharding> Shardings() => [.. Enum.GetValues<Sharding>()];

    private static TheoryData<T, Sharding> BySharding<T>(IEnumerable<T> cases)
    {
        var data = new TheoryData<T, Sharding>();
        foreach (var one in cases)
        {
            foreach (var sharding in Enum.GetValues<Sharding>())
            {
                data.Add(one, sharding);
            }
        }

        return data;
    }

    private static AdamW Adam(CausalLM model, ICollective rank, Sharding sharding, bool overlaps = true) => new(
        model.Trained,
        new AdamWOptions { Sharding = sharding, Overlaps = overlaps, BucketBytes = 4096 }) { Ranks = rank };

    private static void AreTheSame(
        Func<ICollective, (float[] Weights, double[] Figures)> run, bool isThorough = true)
    {
        var (weights, figures) = LoopbackRing.Run(1, run)[0];
        foreach (var ranks in isThorough ? new[] { 2, 3, 4 } : [3])
        {
            var results = LoopbackRing.Run(ranks, run);
            Numbers.Close(weights, results[0].Weights, 1e-5, $"weights of {ranks} ranks");
            Assert.All(results, one => Assert.Equal(results[0].Weights, one.Weights));
            Assert.All(results, one => Assert.Equal(results[0].Figures, one.Figures));
            foreach (var (i, figure) in figures.Index())
            {
                Assert.Equal(figure, results[0].Figures[i], 1e-4 * Math.Max(1, Math.Abs(figure)));
            }
        }
    }

    private static (float[] Weights, double[] Figures) Reinforce(ICollective rank, Case one)
    {
        using var policy = Some.Model();
        using var reference = Some.Model(seed: 2);
        using var parts = new FrozenParts(reference, () => Assert.Fail("nothing has to be read again"));
        if (one.Sharding == Sharding.Parameters)
        {
            parts.ShareOut(rank);
        }

        using var adapter = one.Dropout is { } dropout ? LoraAdapter.Create(policy, Lora(dropout), 3) : null;
        using var optimizer = Adam(policy, rank, one.Sharding, one.Overlaps);
        var needsCritic = one.Estimator == AdvantageEstimator.Gae;
        using var critic = needsCritic
            ? new Critic(
                Critic.ModelFor(policy),
                new CriticOptions { LearningRate = 1e-3, TrainBatchSize = 4, Sharding = one.Sharding })
            : null;
        if (critic is not null)
        {
            critic.Optimizer.Ranks = rank;
        }

        var objective = new PolicyObjective(one.Loss)
        {
            Kl = one.Kl,
            EntropyBonus = one.EntropyBonus,
            EntropyFilter = one.EntropyFilter,
            EntropyShare = 0.5,
        };
        var options = new PolicyLearnerOptions
        {
            TrainBatchSize = one.TrainBatchSize,
            Passes = 2,
            MicroBatchTokens = 24,
            MaxResponseTokens = 10,
            GradientCheckpointing = one.Checkpointing,
            Seed = 3,
        };
        var learner = new PolicyLearner(
            policy, optimizer, new LearningRateSchedule { BaseRate = 1e-3 }, objective, options);
        var kl = new KlController(new KlOptions { Initial = 0.1, Target = 0.1, Horizon = 100 });
        var advantages = new AdvantagePipeline(new AdvantageOptions { Estimator = one.Estimator });
        var step = new ReinforceStep(learner, advantages, kl) { Reference = reference, Critic = critic };
        var traces = ReinforceStepTests.Traces(policy, one.Responses);
        var metrics = step.Run(traces);
        return (
            [.. Weights(policy), .. critic is null ? [] : Weights(critic.Model)],
            [.. Figures(metrics.Policy), metrics.Advantages.Stats.Kl, kl.Coefficient, metrics.Critic?.Loss ?? 0]);
    }

    private static double[] Figures(PolicyMetrics policy) =>
    [
        policy.Steps, policy.Loss, policy.LargestLoss, policy.GradientNorm, policy.LargestGradientNorm,
        policy.NonFiniteSteps, policy.Tokens, policy.MeanRatio, policy.LargestRatio, policy.LargestLogRatio,
        policy.ClipShare, policy.PreClipShare, policy.DriftKl, policy.Entropy,
    ];

    private static float[] Weights(CausalLM model) => Numbers.Values(model.Trained);

    private static LoraConfig Lora(double dropout) => new()
    {
        Rank = 2,
        Targets = ModuleSelection.Parse("all-linear", "targets"),
        Dropout = dropout,
    };

    private sealed record Case
    {
        public IPolicyLoss Loss { get; init; } = new StableReinforceLoss();

        public int Responses { get; init; } = 9;

        public int TrainBatchSize { get; init; } = 5;

        public KlEstimator? Kl { get; init; }

        public double EntropyBonus { get; init; }

        public EntropyRule EntropyFilter { get; init; }

        public AdvantageEstimator Estimator { get; init; }

        public bool Checkpointing { get; init; }

        public double? Dropout { get; init; }

        public bool Overlaps { get; init; } = true;

        public Sharding Sharding { get; init; }
    }
}
