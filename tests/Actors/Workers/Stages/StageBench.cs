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

/// <summary>Has four workers make a short cold start, or train a scalar model, in folders of its own.</summary>
internal sealed class StageBench : IDisposable
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

    /// <summary>Of nodes that die, before which of their exchanges.</summary>
    public Dictionary<int, int> Deaths { get; } = [];

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Settings of a stage whose workers hold parts; with parts of the weights nothing is judged in between.
    /// </summary>
    public static string[] Sharded(string stage, string sharding) =>
    [
        $"r1reward.{stage}-worker.sharding={sharding}",
        .. sharding == "parameters" ? ["r1reward.sft.evaluate-every=0"] : Array.Empty<string>(),
    ];

    /// <summary>Takes no note of what is reported, which is looked at in the end.</summary>
    public static void Nothing(int step, IReadOnlyDictionary<string, double> figures)
    {
        // Figures are kept in any case.
    }

    /// <summary>Has one worker train a stage.</summary>
    public Task<TrainedStage> AloneAsync(string stage, params string[] more) =>
        TrainAsync(stage, "alone", (bench, run) => run(1, [0], Nothing), more);

    /// <summary>Has nodes train a cold start or a scalar model, and reads the one model that they leave.</summary>
    /// <param name="stage">Its role, sft or srm.</param>
    /// <param name="name">Name of the folder.</param>
    /// <param name="train">
    /// Hands the item out: by attempt to nodes, which report as given; what it returns is the last hand-out's.
    /// </param>
    /// <param name="more">Settings after the usual ones.</param>
    public async Task<TrainedStage> TrainAsync(
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
        return TrainedStage.Read(
            [.. figures.Values], Path.Combine(folder.Absolute(checkpoint), "model.safetensors"));
    }

    private RankExchange Dying(RunSettings settings, int node) => new(settings.Learners, settings.SftWorker, ranks =>
        new DyingRank(ranks, Deaths.GetValueOrDefault(node, int.MaxValue), () => new RankBench.Death()));
}
