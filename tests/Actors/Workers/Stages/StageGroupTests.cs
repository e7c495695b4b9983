using System.Runtime.InteropServices;
using System.Text;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Actors.Workers.ColdStart;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Actors.Workers.Scalar;
using R1Reward.Actors.Workers.Stages;
using R1Reward.Data.Traces;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.Stages;

/// <summary>A cold start and a scalar model, trained by several workers.</summary>
public sealed class StageGroupTests : IDisposable
{
    private const int Steps = 6;

    private static readonly string[] _settings =
    [
        $"r1reward.sft.steps={Steps}", "r1reward.sft.checkpoint-every=0", "r1reward.sft.batch-size=6",
        "r1reward.sft.evaluate-every=4", $"r1reward.srm.steps={Steps}", "r1reward.srm.batch-size=5",
        "r1reward.srm.checkpoint-every=0", "r1reward.srm.learning-rate=1e-2", "r1reward.eval.pairs=4",
        "r1reward.srm.evaluate-every=4",
    ];

    private readonly TempFolder _folder = new();

    // Of nodes that die, before which of their exchanges.
    private readonly Dictionary<int, int> _deaths = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sft", "none")]
    [InlineData("sft", "optimizer")]
    [InlineData("sft", "gradients")]
    [InlineData("sft", "parameters")]
    [InlineData("srm", "none")]
    [InlineData("srm", "optimizer")]
    [InlineData("srm", "gradients")]
    [InlineData("srm", "parameters")]
    public async Task Three_workers_train_what_one_does(string stage, string sharding)
    {
        string[] settings = Sharded(stage, sharding);
        var alone = await TrainAsync(stage, "alone", (bench, run) => run(1, [0], Nothing), settings);
        var together = await TrainAsync(stage, "together", (bench, run) => run(1, [0, 1, 2], Nothing), settings);

        AreTheSame(alone, together);
        Assert.All(together.Figures, one => Assert.Equal(3, one["learners"]));
        Assert.All(together.Figures, one => Assert.True(one["exchange-seconds"] > 0));
        Assert.All(together.Figures, one => Assert.True(one[RankFigures.SpeedOf(2)] > 0));
    }

    /// <summary>One that stands still, then the first one, dies; a new one has come between.</summary>
    [Theory]
    [InlineData("sft")]
    [InlineData("srm")]
    public async Task Those_that_are_left_go_on_from_the_step_in_which_one_is_lost(string stage)
    {
        var alone = await TrainAsync(stage, "alone", (bench, run) => run(1, [0], Nothing));
        var made = new List<int>();
        var together = await TrainAsync(stage, "together", async (bench, run) =>
        {
            var frozen = await run(1, [0, 1, 2], (step, _) =>
            {
                made.Add(step);
                if (step == 2)
                {
                    bench.Remove(1);
                }
            });
            // Who is removed and lives sees the first one hang up, and may say so before the last one hears of it.
            Assert.Equal(RankBench.WorkerOf(1), Assert.IsType<LearnerLost>(frozen[0]).Worker);
            string[] either = [RankBench.WorkerOf(1), RankBench.WorkerOf(0)];
            Assert.Contains(Assert.IsType<LearnerLost>(frozen[2]).Worker, either);
            var died = await run(2, [0, 3, 2], (step, _) =>
            {
                made.Add(step);
                if (step == 4)
                {
                    throw new RankBench.Death();
                }
            });
            Assert.All(died[1..], lost => Assert.Equal(RankBench.WorkerOf(0), Assert.IsType<LearnerLost>(lost).Worker));
            return await run(3, [3, 2], (step, _) => made.Add(step));
        });

        AreTheSame(alone, together);
        // Each begins with what was reported before, and makes no step again.
        Assert.Equal([1, 2, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6], made);
    }

    [Theory]
    [InlineData("sft", "optimizer")]
    [InlineData("srm", "parameters")]
    public async Task Where_each_holds_a_part_those_that_are_left_go_on_from_the_last_checkpoint(
        string stage, string sharding)
    {
        string[] settings = [.. Sharded(stage, sharding), $"r1reward.{stage}.checkpoint-every=2"];
        var alone = await TrainAsync(stage, "alone", (bench, run) => run(1, [0], Nothing), settings);
        var made = new List<int>();
        var together = await TrainAsync(
            stage,
            "together",
            async (bench, run) =>
            {
                await run(1, [0, 1, 2], (step, _) => LoseOne(bench, step, lostAt: 1, 1));
                await run(2, [0, 2], (step, _) => LoseOne(bench, step, lostAt: 5, 2));
                return await run(3, [3, 0], (step, _) => made.Add(step));
            },
            settings);

        AreTheSame(alone, together);
        // The first time there was no checkpoint yet.
        Assert.Equal([1, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6], made);

        void LoseOne(RankBench bench, int step, int lostAt, int node)
        {
            made.Add(step);
            if (step == lostAt)
            {
                bench.Remove(node);
            }
        }
    }

    /// <summary>Each time another one dies, after more exchanges than the one before.</summary>
    [Theory]
    [InlineData("srm", "optimizer", 20)]
    [InlineData("sft", "parameters", 40)]
    public async Task In_whatever_exchange_one_that_holds_a_part_dies_the_others_come_to_the_same_weights(
        string stage, string sharding, int every)
    {
        string[] settings = [.. Sharded(stage, sharding), $"r1reward.{stage}.checkpoint-every=1"];
        var alone = await TrainAsync(stage, "alone", (bench, run) => run(1, [0], Nothing), settings);
        var attempt = 0;
        var together = await TrainAsync(
            stage,
            "together",
            async (bench, run) =>
            {
                var (members, ended) = (new List<int> { 0, 1, 2, 3 }, Array.Empty<WorkResult?>());
                while (ended is not [SftResult or SrmResult, ..])
                {
                    attempt++;
                    var victim = attempt % members.Count;
                    _deaths[members[victim]] = every * attempt;
                    ended = await run(attempt, [.. members], Nothing);
                    members.RemoveAt(members.Count > 1 && ended[0] is not (SftResult or SrmResult) ? victim : 0);
                }

                return ended;
            },
            settings);

        AreTheSame(alone, together);
        Assert.InRange(attempt, 3, 4);
    }

    [Theory]
    [InlineData("sft", "gradients")]
    [InlineData("srm", "parameters")]
    [Trait("Category", "Slow")]
    public async Task Before_whichever_exchange_one_dies_the_others_come_to_the_same_weights(
        string stage, string sharding)
    {
        string[] settings =
        [
            .. Sharded(stage, sharding), $"r1reward.{stage}.checkpoint-every=1", $"r1reward.{stage}.steps=2",
            "r1reward.sft.evaluate-every=0", "r1reward.srm.evaluate-every=1",
        ];
        var alone = await TrainAsync(stage, "alone", (bench, run) => run(1, [0], Nothing), settings);
        var (isOver, exchange) = (false, 0);
        for (; !isOver; exchange++)
        {
            var victim = exchange % 3;
            _deaths.Clear();
            _deaths[victim] = exchange;
            AreTheSame(
                alone,
                await TrainAsync(
                    stage,
                    $"together-{exchange}",
                    async (bench, run) =>
                    {
                        var ended = await run(1, [0, 1, 2], Nothing);
                        isOver = ended[0] is SftResult or SrmResult;
                        int[] others = [.. new[] { 0, 1, 2 }.Where(node => node != victim)];
                        return isOver ? ended : await run(2, others, Nothing);
                    },
                    settings));
        }

        Assert.True(exchange > 20, $"{exchange} exchanges");
    }

    /// <summary>The first rank gives up, as when it hears of another coordinator, and no part is lost.</summary>
    [Theory]
    [InlineData("sft", "none")]
    [InlineData("srm", "gradients")]
    [InlineData("sft", "parameters")]
    public async Task Those_that_hold_all_parts_go_on_in_any_order_and_beside_a_new_one(string stage, string sharding)
    {
        string[] settings = Sharded(stage, sharding);
        var alone = await TrainAsync(stage, "alone", (bench, run) => run(1, [0], Nothing), settings);
        var made = new List<int>();
        var together = await TrainAsync(
            stage,
            "together",
            async (bench, run) =>
            {
                var ended = await run(1, [0, 1, 2], (step, _) => GiveUpAfter(step, 2));
                Assert.All(ended[1..], lost => Assert.IsType<LearnerLost>(lost));
                await run(2, [3, 2, 0, 1], (step, _) => GiveUpAfter(step, 4));
                return await run(3, [1, 0, 2, 3], (step, _) => made.Add(step));
            },
            settings);

        AreTheSame(alone, together);
        Assert.Equal([1, 2, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6], made);

        void GiveUpAfter(int step, int last)
        {
            made.Add(step);
            if (step == last)
            {
                throw new OperationCanceledException();
            }
        }
    }

    /// <summary>A worker that leaves is told before the first one, or after it where the run is to stop.</summary>
    [Theory]
    [InlineData("none")]
    [InlineData("optimizer")]
    [InlineData("parameters")]
    public async Task One_that_leaves_ends_no_training_and_what_is_made_is_saved_with_its_part(string sharding)
    {
        string[] settings = Sharded("sft", sharding);
        var made = new Dictionary<int, IReadOnlyDictionary<string, double>>();
        var alone = await TrainAsync("sft", "alone", (bench, run) => run(1, [0], Nothing), settings);
        var together = await TrainAsync(
            "sft",
            "together",
            async (bench, run) =>
            {
                var left = await run(1, [0, 1], (step, found) =>
                {
                    made.TryAdd(step, found);
                    Leave(bench, step == 2 ? 1 : null);
                });
                Assert.Equal(new LearnerLost(RankBench.WorkerOf(1), RankBench.WorkerOf(1) + " leaves"), left[0]);
                Assert.Null(left[1]);
                var stopped = await run(2, [0, 2], (step, found) =>
                {
                    made.TryAdd(step, found);
                    Leave(bench, step == 4 ? 0 : null);
                });
                Assert.EndsWith(".e1a2", Assert.IsType<WorkStopped>(stopped[0]).Checkpoint, StringComparison.Ordinal);
                Assert.Null(stopped[1]);
                return await run(3, [3], Nothing);
            },
            settings);

        // No step is made again: it would have taken another time.
        Assert.All(made, one => Assert.Equal(
            one.Value["exchange-seconds"], together.Figures[one.Key - 1]["exchange-seconds"]));
        Assert.Equal(alone.Figures.Select(one => one["loss"]), together.Figures.Select(one => one["loss"]), Near);
        Assert.Equal([2, 2, 2, 2], together.Figures.Take(4).Select(one => one["learners"]));

        static void Leave(RankBench bench, int? node)
        {
            if (node is { } leaving)
            {
                bench.Leave(leaving);
            }
        }
    }

    private static bool Near(double one, double other) => Math.Abs(one - other) < 1e-4;

    // With parts of the weights nothing is judged in between.
    private static string[] Sharded(string stage, string sharding) =>
    [
        $"r1reward.{stage}-worker.sharding={sharding}",
        .. sharding == "parameters" ? ["r1reward.sft.evaluate-every=0"] : Array.Empty<string>(),
    ];

    private static void Nothing(int step, IReadOnlyDictionary<string, double> figures)
    {
        // Whatever was reported is looked at in the end.
    }

    private async Task<Trained> TrainAsync(
        string stage, string name, Func<RankBench, Func<int, int[], Action<int, IReadOnlyDictionary<string, double>>,
            Task<WorkResult?[]>>, Task<WorkResult?[]>> train,
        params string[] more)
    {
        var runs = _folder.At(name);
        var folder = new RunFolder(Path.Combine(runs, "tiny"));
        var settings = RunSettings.Read(TinyRun.Configuration(runs, 0, [.. _settings, .. more]).Reader());
        var model = StartingModel.Prepare(settings, folder, PairSources.Open(settings));
        var trained = stage == "sft" ? ColdStartState.Stage(settings, folder) : ScalarState.Stage(settings);
        await using var bench = new RankBench();
        for (var node = 0; node < 4; node++)
        {
            await bench.AddAsync((number, hub) => new StageEngine(
                trained with { Exchange = Dying(settings, number) }, folder, hub));
        }

        var start = new WeightsReference(new PolicyVersion(0), bench.HubOf(0).Publish("start", model));
        SharedWork work = stage == "sft" ? new SftWork(start) : new SrmWork(start);
        var id = stage == "sft" ? WorkId.ColdStart : WorkId.Scalar;
        var figures = new SortedDictionary<int, IReadOnlyDictionary<string, double>>();
        var ended = await train(bench, (attempt, nodes, progress) => bench.DoAsync(
            new WorkKey(1, id, attempt),
            work,
            (step, found) =>
            {
                figures[step] = found;
                progress(step, found);
            },
            nodes));

        Assert.All(ended[1..], Assert.Null);
        var checkpoint = ended[0] is SftResult cold ? cold.Checkpoint : Assert.IsType<SrmResult>(ended[0]).Checkpoint;
        // A model whose writer died before it handed it in goes when the run is loaded next.
        var left = Directory.GetDirectories(folder.Checkpoints).Select(path => Path.GetFileName(path)).ToList();
        Assert.Contains(Path.GetFileName(checkpoint), left);
        Assert.DoesNotContain(left, path => path.StartsWith(stage + "-partial", StringComparison.Ordinal));
        return new Trained(
            [.. figures.Values], Weights(Path.Combine(folder.Absolute(checkpoint), "model.safetensors")));
    }

    private RankExchange Dying(RunSettings settings, int node) => new(settings.Learners, settings.SftWorker, ranks =>
        new DyingRank(ranks, _deaths.GetValueOrDefault(node, int.MaxValue), () => new RankBench.Death()));

    // All tensors are float32, behind a header whose length is the first eight bytes.
    private static float[] Weights(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var header = 8 + (int)BitConverter.ToInt64(bytes);
        Assert.DoesNotContain("BF16", Encoding.UTF8.GetString(bytes, 8, header - 8));
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(header)).ToArray();
    }

    private static void AreTheSame(Trained alone, Trained together)
    {
        Assert.Equal(alone.Figures.Count, together.Figures.Count);
        foreach (var (one, other) in alone.Figures.Zip(together.Figures))
        {
            Assert.Equal(one.Keys, other.Keys.Take(one.Count));
            foreach (var name in one.Keys.Where(name => name != "tokens-per-second"))
            {
                Assert.Equal(one[name], other[name], 1e-4);
            }
        }

        Assert.Equal(alone.Weights.Length, together.Weights.Length);
        Assert.All(alone.Weights.Zip(together.Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private sealed record Trained(
        IReadOnlyList<IReadOnlyDictionary<string, double>> Figures, float[] Weights);
}
