using System.Runtime.InteropServices;
using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Tests.Coordination;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Actors.Tests.Workers.Learn;

/// <summary>
/// Three learners, of which one dies in every update, each time later. To the others only that is different which they
/// exchange, so dying before each exchange in turn is dying in every phase: while it takes over a state, in forward and
/// backward passes, in an exchange, between two optimiser steps, before and after weights are published.
/// </summary>
public sealed class LostRankTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("none", 5)]
    [InlineData("optimizer", 11)]
    [InlineData("gradients", 17)]
    [InlineData("parameters", 41)]
    public Task In_whatever_phase_a_rank_dies_the_others_make_the_update_without_it_and_none_is_lost(
        string sharding, int every) => DieAsync(sharding, every);

    [Theory]
    [InlineData("none")]
    [InlineData("optimizer")]
    [InlineData("gradients")]
    [InlineData("parameters")]
    [Trait("Category", "Slow")]
    public Task Before_whichever_exchange_a_rank_dies_the_others_make_the_update_without_it(string sharding) =>
        DieAsync(sharding, every: 1);

    private async Task DieAsync(string sharding, int every)
    {
        await using var group = new Group(_folder.At("together"), sharding);
        List<int> members = [await group.AddAsync(), await group.AddAsync(), await group.AddAsync()];
        var exchanges = int.MaxValue;
        var step = 0;
        for (var last = 0; last < exchanges; last += every)
        {
            step++;
            var victim = last % members.Count;
            group.Die(members[victim], last);
            var start = TimeProvider.System.GetTimestamp();
            var results = await group.LearnAsync(step, attempt: 1, members);
            if (results[0] is LearnResult)
            {
                // No update has more exchanges.
                exchanges = last;
                break;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Soon, $"noticed late at exchange {last}");
            var name = RankBench.WorkerOf(members[victim]);
            members.RemoveAt(victim);
            Assert.All(
                results.Where((_, rank) => rank != victim),
                lost => Assert.Equal(name, Assert.IsType<LearnerLost>(lost).Worker));
            var again = await group.LearnAsync(step, attempt: 2, members);
            Assert.True(again[0] is LearnResult, $"after rank {victim} died at exchange {last}: {again[0]}");
            members.Add(await group.AddAsync());
        }

        Assert.True(exchanges > 10, $"{exchanges}");
        await using var alone = await LearnAloneAsync(step);
        Assert.Equal(step, group.Losses.Count);
        HaveTheSameLosses(alone, group);
        Assert.All(
            (await alone.WeightsAsync()).Zip(await group.WeightsAsync()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public async Task A_first_rank_that_dies_while_it_writes_the_checkpoint_is_missed_and_the_next_one_writes_it()
    {
        await using var group = new Group(_folder.At("together"));
        List<int> members = [await group.AddAsync(), await group.AddAsync(), await group.AddAsync()];
        await group.LearnAsync(1, attempt: 1, members);
        // The place of what is written is taken.
        File.WriteAllText(group.Folder.Absolute(RunFolder.Checkpoint(2)) + ".e1a1.partial", "");
        var results = await group.LearnAsync(2, attempt: 1, members, checkpoint: true);
        Assert.Null(results[0]);
        Assert.All(results[1..], lost => Assert.Equal(
            RankBench.WorkerOf(members[0]), Assert.IsType<LearnerLost>(lost).Worker));

        var again = await group.LearnAsync(2, attempt: 2, members[1..], checkpoint: true);

        var saved = Assert.IsType<LearnResult>(again[0]).Checkpoint;
        Assert.Equal(RunFolder.Checkpoint(2) + ".e1a2", saved);
        Assert.True(File.Exists(Path.Combine(group.Folder.Absolute(saved!), "model.safetensors")));
        await using var alone = await LearnAloneAsync(updates: 2);
        HaveTheSameLosses(alone, group);
    }

    [Fact]
    public async Task Ranks_of_one_process_serve_weights_once_and_when_they_die_together_the_other_one_goes_on()
    {
        await using var group = new Group(_folder.At("together"));
        var first = await group.AddAsync();
        List<int> members = [first, group.AddBeside(first), await group.AddAsync()];
        var made = Assert.IsType<LearnResult>((await group.LearnAsync(1, attempt: 1, members))[0]);
        Assert.Equal(2, made.Weights.Blob.Places().Select(place => place.BaseUrl).Distinct().Count());
        Assert.Single(made.Weights.Blob.Copies);
        group.Die(members[0], exchange: 8);
        group.Die(members[1], exchange: 8);

        var lost = await group.LearnAsync(2, attempt: 1, members);
        var again = await group.LearnAsync(2, attempt: 2, members[2..]);

        Assert.Contains(
            Assert.IsType<LearnerLost>(lost[2]).Worker, members[..2].Select(RankBench.WorkerOf));
        Assert.IsType<LearnResult>(again[0]);
        await using var alone = await LearnAloneAsync(updates: 2);
        HaveTheSameLosses(alone, group);
    }

    [Fact]
    public async Task A_first_rank_that_is_lost_once_all_serve_the_update_costs_nothing_even_without_copies()
    {
        await using var group = new Group(_folder.At("together"), "none", "r1reward.learner.keep-copy=off");
        List<int> members = [await group.AddAsync(), await group.AddAsync(), await group.AddAsync()];
        var made = Assert.IsType<LearnResult>((await group.LearnAsync(1, attempt: 1, members))[0]);
        var loss = Assert.Single(group.Losses);

        var again = await group.LearnAsync(1, attempt: 2, members[1..]);

        Assert.Equal(3, made.Weights.Blob.Places().Count());
        var second = Assert.IsType<LearnResult>(again[0]);
        Assert.Equal(made.Weights.Blob.Name, second.Weights.Blob.Name);
        Assert.StartsWith(group.AddressOf(members[1]), second.Weights.Blob.BaseUrl, StringComparison.Ordinal);
        Assert.Equal([loss, loss], group.Losses);
    }

    private async Task<Group> LearnAloneAsync(int updates)
    {
        var alone = new Group(_folder.At("alone"));
        var one = await alone.AddAsync();
        for (var update = 1; update <= updates; update++)
        {
            await alone.LearnAsync(update, attempt: 1, [one]);
        }

        return alone;
    }

    private static void HaveTheSameLosses(Group alone, Group group) =>
        Assert.All(alone.Losses.Zip(group.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-4));

    private sealed class Group : IAsyncDisposable
    {
        private readonly RankBench _bench = new();
        private readonly RunSettings _settings;
        private readonly string _model;
        private readonly Dictionary<int, int> _last = [];
        private BlobReference? _start;
        private BlobReference? _made;

        public Group(string runs, string sharding = "none", params string[] more)
        {
            Folder = new RunFolder(Path.Combine(runs, "tiny"));
            string[] settings =
            [
                "r1reward.sft.enabled=off", "r1reward.rl.train-batch-size=2", $"r1reward.learner.sharding={sharding}",
                $"r1reward.learner.replicate={(sharding == "none" ? "off" : "on")}", .. more,
            ];
            _settings = RunSettings.Read(TinyRun.Configuration(runs, 100, settings).Reader());
            _model = StartingModel.Prepare(_settings, Folder, PairSources.Open(_settings));
            Directory.CreateDirectory(Folder.Checkpoints);
        }

        public RunFolder Folder { get; }

        public List<double> Losses { get; } = [];

        public Task<int> AddAsync() => _bench.AddAsync(Build);

        public int AddBeside(int node) => _bench.AddBeside(node, Build);

        public string AddressOf(int node) => _bench.HubOf(node).Address;

        /// <summary>Has a node die before one of its exchanges of the next update.</summary>
        public void Die(int node, int exchange) => _last[node] = exchange;

        public async Task<WorkResult?[]> LearnAsync(
            int step, int attempt, IReadOnlyList<int> members, bool checkpoint = false)
        {
            _start ??= _bench.HubOf(0).Publish("start", _model);
            var batch = new ScoredBatch([.. Enumerable.Range(0, 4).Select(index => Scored(step, index))]);
            var name = $"batch-{step}";
            foreach (var member in members)
            {
                _bench.HubOf(member).Share(name, batch);
            }

            var results = await _bench.DoAsync(
                new WorkKey(1, WorkId.Learn(BatchId.ForStep(step)), attempt),
                new LearnWork(
                    step,
                    new BlobReference(name, "", []),
                    new WeightsReference(new PolicyVersion(step - 1), _start),
                    checkpoint),
                (_, _) => { },
                [.. members]);
            if (results[0] is LearnResult made)
            {
                _made = made.Weights.Blob;
                Losses.Add(made.Metrics["loss"]);
            }

            return results;
        }

        /// <summary>The weights that the last update announced.</summary>
        public async Task<float[]> WeightsAsync()
        {
            var reader = await _bench.AddAsync((_, hub) => new LearnEngine(_settings, Folder, hub));
            var folder = await _bench.HubOf(reader).FolderOfAsync(_made!, CancellationToken.None);
            var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, "model.safetensors"));
            var header = 8 + (int)BitConverter.ToInt64(bytes);
            return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(header)).ToArray();
        }

        public ValueTask DisposeAsync() => _bench.DisposeAsync();

        private LearnEngine Build(int number, BulkHub hub) => new(_settings, Folder, hub, samplesHere: true, ranks =>
            new DyingRank(ranks, _last.GetValueOrDefault(number, int.MaxValue), () => new RankBench.Death()));

        // Nothing of it was sampled; what matters is that every trace is another one.
        private static ScoredTrace Scored(int step, int index)
        {
            var trace = MachineRun.TraceOf($"{step}-{index}", MachineRun.PairOf("p"), step - 1, "text");
            int[] tokens = [.. Enumerable.Range(step + (7 * index), 3 + index).Select(token => 2 + (token % 300))];
            trace = trace with { Tokens = [.. tokens], LogProbs = [.. tokens.Select(_ => -6f)] };
            return new ScoredTrace(trace, index, index - 1, [index]);
        }
    }
}
