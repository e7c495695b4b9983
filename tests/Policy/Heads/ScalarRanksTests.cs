using System.Collections.Concurrent;
using System.Diagnostics;
using R1Reward.Data.Pairs;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tracing;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Heads;

/// <summary>Steps of scalar models by several ranks, each with a model of its own, in a ring of sockets.</summary>
public sealed class ScalarRanksTests
{
    private static readonly Dictionary<string, Case> _cases = new()
    {
        ["Bradley and Terry"] = new Case { Loss = new BradleyTerryLoss(0.1) },
        ["pairs compared, gradient checkpointing"] = new Case { Loss = new HpsLoss(), Checkpointing = true },
        ["contrastive"] = new Case { Loss = new ContrastiveLoss() },
        ["adaptive"] = new Case { Loss = new AdaptiveLoss() },
        ["heads balanced by norms"] = new Case { Loss = new HpsLoss(), Balance = HeadBalance.Gradnorm },
        ["heads balanced by projection"] = new Case { Balance = HeadBalance.Pcgrad },
        ["states before the last layer"] = new Case { Loss = new HpsLoss(), ProbingLayer = 1 },
        ["adapter with dropout"] = new Case { Dropout = 0.3 },
    };

    public static TheoryData<string, Sharding> Cases()
    {
        var data = new TheoryData<string, Sharding>();
        foreach (var name in _cases.Keys)
        {
            foreach (var sharding in Enum.GetValues<Sharding>())
            {
                data.Add(name, sharding);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_of_a_scalar_model_are_the_same_whatever_the_number_of_ranks(string name, Sharding sharding)
    {
        var one = _cases[name] with { Sharding = sharding };
        var (weights, figures) = Run(1, one)[0];
        foreach (var ranks in sharding == Sharding.None ? new[] { 2, 3, 4 } : [3])
        {
            var results = Run(ranks, one);
            Numbers.Close(weights, results[0].Weights, 1e-5, $"weights of {ranks} ranks");
            Assert.Equal(figures, results[0].Figures, (a, b) => Math.Abs(a - b) < 1e-4);
            Assert.All(results, other => Assert.Equal(results[0].Weights, other.Weights));
            Assert.All(results, other => Assert.Equal(results[0].Figures, other.Figures));
        }
    }

    [Theory]
    [InlineData(Sharding.None)]
    [InlineData(Sharding.Optimizer)]
    [InlineData(Sharding.Gradients)]
    [InlineData(Sharding.Parameters)]
    public void A_second_run_has_the_same_bits(Sharding sharding)
    {
        var one = new Case { Balance = HeadBalance.Gradnorm, Sharding = sharding };
        Assert.Equal(Run(3, one)[1].Weights, Run(3, one)[2].Weights);
    }

    [Theory]
    [InlineData(Sharding.Gradients)]
    [InlineData(Sharding.Parameters)]
    public void Steps_leave_no_tensor_behind(Sharding sharding) => Assert.All(
        LoopbackRing.Run(3, rank =>
        {
            using var model = ScalarModelTests.Model(new ScalarConfig { Heads = ["preference", "safety"] });
            using var optimizer = Adam(model, rank, sharding);
            var step = Step(model, optimizer, new Case { Loss = new HpsLoss(), Balance = HeadBalance.Gradnorm });
            var live = new List<long>();
            for (var made = 0; made < 4; made++)
            {
                step.Run(Pairs(5));
                ScalarPass.Evaluate(model, ScalarModelTests.Rows(5), 20);
                live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            }

            return live;
        }),
        live => Assert.All(live.Skip(1), count => Assert.Equal(live[1], count)));

    [Theory]
    [InlineData(Sharding.Optimizer, 3, Sharding.Optimizer, 2)]
    [InlineData(Sharding.Parameters, 3, Sharding.Gradients, 2)]
    [InlineData(Sharding.Parameters, 2, Sharding.None, 1)]
    [InlineData(Sharding.None, 1, Sharding.Parameters, 3)]
    public void A_checkpoint_is_read_by_any_other_number_of_ranks(
        Sharding before, int ranksBefore, Sharding after, int ranksAfter)
    {
        using var folder = new TempFolder();
        var checkpoint = new TrainingCheckpoint(folder.At("srm-partial"));
        var tokenizer = Tokenizer.Load(Fixtures.Path("small-tokenizer"));
        var expected = LoopbackRing.Run(ranksBefore, rank =>
        {
            using var model = ScalarModelTests.Model(new ScalarConfig());
            using var optimizer = Adam(model, rank, before);
            var step = Step(model, optimizer, new Case());
            step.Run(ScalarStepTests.Pairs(5));
            if (rank.Rank == 0 || !optimizer.IsWhole)
            {
                checkpoint.Save(model, tokenizer, new ModelCard("r1"), optimizer, new TrainingState(1, 0));
            }

            step.Run(ScalarStepTests.Pairs(4));
            return model.Trained.SelectMany(Numbers.Values).ToArray();
        })[0];

        var results = LoopbackRing.Run(ranksAfter, rank =>
        {
            using var model = ScalarFolder.Load(checkpoint.Folder, CPU, ScalarType.Float32);
            using var optimizer = Adam(model, rank, after);
            checkpoint.Load(optimizer);
            Step(model, optimizer, new Case()).Run(ScalarStepTests.Pairs(4));
            return model.Trained.SelectMany(Numbers.Values).ToArray();
        });

        Assert.All(results, one => Numbers.Close(expected, one, 1e-5, "weights"));
    }

    [Fact]
    public void A_rank_holds_its_part_of_decoder_and_heads_alone() => Assert.All(
        LoopbackRing.Run(3, rank =>
        {
            using var model = ScalarModelTests.Model(new ScalarConfig());
            using var optimizer = Adam(model, rank, Sharding.Parameters);
            Step(model, optimizer, new Case()).Run(Pairs(3));
            Assert.False(model.Backbone.IsWhole);
            Assert.All(model.Trained.SelectMany(table => table.Groups), group => Assert.Null(group.Gradients));
            return (Held: optimizer.FlatState.Sum(flat => flat.numel()), All: model.Trained.Sum(table => table.Count));
        }),
        one => Assert.InRange(one.Held, one.All - 200, one.All + 200));

    [Theory]
    [InlineData(Sharding.None, false)]
    [InlineData(Sharding.None, true)]
    [InlineData(Sharding.Gradients, false)]
    public void A_step_shows_its_phases_to_whatever_listens(Sharding sharding, bool checkpointing)
    {
        var seen = new ConcurrentBag<string>();
        using var own = new Activity("test").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TrainingPhases.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = phase =>
            {
                // Other tests make steps at the same time.
                if (phase.TraceId == own.TraceId)
                {
                    seen.Add(phase.OperationName);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        Run(2, new Case { Sharding = sharding, Checkpointing = checkpointing });

        Assert.Equal(["backward", "exchange", "forward", "step"], seen.Distinct().Order());
    }

    // The second head is told otherwise of every third pair.
    private static ScalarPair[] Pairs(int count) =>
    [
        .. ScalarStepTests.Pairs(count).Select((pair, i) =>
            pair with { Labels = [pair.Labels[0], i % 3 == 0 ? PreferenceLabel.Second : pair.Labels[0]] }),
    ];

    private static (float[] Weights, double[] Figures)[] Run(int ranks, Case one) => LoopbackRing.Run(ranks, rank =>
    {
        using var model = ScalarModelTests.Model(new ScalarConfig
        {
            ScaleForTraining = true,
            Heads = ["preference", "safety"],
            ProbingLayer = one.ProbingLayer,
        });
        using var adapter = one.Dropout is { } dropout ? LoraAdapter.Create(model.Backbone, Lora(dropout), 3) : null;
        using var optimizer = Adam(model, rank, one.Sharding);
        var step = Step(model, optimizer, one);
        step.Run(Pairs(7));
        var metrics = step.Run(Pairs(3));
        var held = ScalarPass.Evaluate(model, ScalarModelTests.Rows(5), 20);
        return (
            model.Trained.SelectMany(Numbers.Values).ToArray(),
            (double[])
            [
                metrics.Loss, metrics.GradientNorm, .. step.Followed.Values, .. held.SelectMany(scores => scores),
            ]);
    });

    private static AdamW Adam(ScalarModel model, ICollective rank, Sharding sharding) => new(
        model.Trained, new AdamWOptions { Sharding = sharding, BucketBytes = 4096 }) { Ranks = rank };

    private static ScalarStep Step(ScalarModel model, AdamW optimizer, Case one) => new(
        model,
        optimizer,
        new LearningRateSchedule { BaseRate = 1e-3 },
        new ScalarObjective { Loss = one.Loss },
        new ScalarOptions
        {
            MicroBatchTokens = 40,
            GradientCheckpointing = one.Checkpointing,
            Balance = one.Balance,
        });

    private static LoraConfig Lora(double dropout) => new()
    {
        Rank = 2,
        Targets = ModuleSelection.Parse("all-linear", "targets"),
        Dropout = dropout,
    };

    private sealed record Case
    {
        public IPairLoss Loss { get; init; } = new BradleyTerryLoss(0.1);

        public bool Checkpointing { get; init; }

        public HeadBalance Balance { get; init; }

        public int ProbingLayer { get; init; } = -1;

        public double? Dropout { get; init; }

        public Sharding Sharding { get; init; }
    }
}
