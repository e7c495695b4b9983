using System.Runtime.Versioning;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Measuring;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Cli.Tests.Measuring;

[SupportedOSPlatform("linux")]
public sealed class BenchTests : IDisposable
{
    private static readonly BenchShape Speck = new("speck", new ModelConfig
    {
        VocabularySize = 300,
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 1,
        Heads = 2,
        KeyValueHeads = 1,
        HeadSize = 8,
        MaxPositions = 64,
        TieWordEmbeddings = true,
    })
    {
        Sequences = 4,
        PromptTokens = 3,
        NewTokens = 5,
        TrainRows = 2,
        TrainLength = 6,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("r1reward-bench-test-").FullName;

    [Theory]
    [InlineData("rollout", "decode_tokens_per_s")]
    [InlineData("train", "train_tokens_per_s")]
    [InlineData("step", "step_tokens_per_s")]
    public void A_row_has_our_rate_the_peak_and_the_share_of_the_roofline(string name, string rate)
    {
        var row = Measure(name, python: null);

        Assert.Equal(("speck", "float32"), ((string?)row["shape"], (string?)row["dtype"]));
        Assert.True((double)row[rate]! > 0, row.ToString());
        Assert.InRange((double)row["of_roofline"]!, 1e-9, 1);
        Assert.True((double)row["peak_mib"]! > 10, row.ToString());
        Assert.Equal("not asked for", (string?)row["peer"]!["missing"]);
    }

    [Theory]
    [InlineData("rollout", "decode_tokens_per_s")]
    [InlineData("step", "step_tokens_per_s")]
    public void What_batch_invariance_costs_is_measured_in_the_same_run(string name, string rate)
    {
        var row = Measure(name, python: null, invariant: true);

        var invariant = (double)row["batch_invariant"]![rate]!;
        Assert.True(invariant > 0, row.ToString());
        Assert.Equal(1 - (invariant / (double)row[rate]!), (double)row["batch_invariant"]!["cost"]!, 1e-9);
    }

    [Fact]
    public void A_peer_that_cannot_run_is_missing_with_its_reason()
    {
        var peer = Measure("train", Script("echo 'No module named torch' >&2; exit 3"))["peer"]!;

        Assert.EndsWith("python: No module named torch", (string?)peer["missing"]);
        Assert.Contains("no-such-python", (string?)Measure("train", "no-such-python")["peer"]!["missing"]);
    }

    [Fact]
    public void The_peer_is_given_the_shape_and_its_figures_stand_beside_ours()
    {
        var asked = Path.Combine(_folder, "asked");
        var row = Measure("rollout", Script(
            $$"""echo "$@" > {{asked}}; echo '{"tokens_per_s": 0.5, "peak_mib": 7, "torch": "2"}'"""));

        Assert.Contains("rollout --hidden 16 --layers 1 --heads 2 --kv-heads 1 --ffn 24", File.ReadAllText(asked));
        var peer = row["peer"]!;
        Assert.Equal((0.5, 7), ((double)peer["decode_tokens_per_s"]!, (int)peer["peak_mib"]!));
        Assert.Equal("2", (string?)peer["torch"]);
        Assert.Equal(2 * (double)row["decode_tokens_per_s"]!, (double)peer["ratio"]!, precision: 6);
    }

    [Fact]
    public void Scores_of_responses_whose_question_runs_once_are_those_of_their_own_passes()
    {
        var row = ScoreBench.Measure(
            Speck, new ScoreBenchWork(Responses: 3, PromptTokens: 20, ResponseTokens: 5, Rounds: 1));

        Assert.InRange(row.Difference, 0, 1e-5);
        Assert.True(row is { Alone: > 0, Batch: > 0, Shared: > 0 });
        Assert.Equal(row.Alone / row.Shared, (double)row.ToJson()["times_faster"]!, 1e-9);
    }

    [Fact]
    public async Task Messages_come_within_a_process_and_over_the_wire()
    {
        var rows = await new MessageBench(TimeProvider.System) { Messages = 4000 }.MeasureAsync(rounds: 1);

        Assert.Equal(4, rows.Count);
        Assert.All(rows, row => Assert.True(row.PerSecond > 0, row.ToString()));
    }

    [Fact]
    public void A_tokenizer_reads_and_writes_prompts()
    {
        var rows = new TokenizerBench(TimeProvider.System) { Prompts = 5 }.Measure(folder: null, rounds: 1);

        Assert.Equal(["encode", "decode"], rows.Select(row => row.What));
        Assert.All(rows, row => Assert.True(row.PerSecond > 0, row.ToString()));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static JToken Measure(string name, string? python, bool invariant = false)
    {
        IBench bench = name switch
        {
            "train" => new TrainBench(TimeProvider.System) { WarmUp = TimeSpan.Zero },
            "step" => new StepBench(TimeProvider.System),
            _ => new RolloutBench(TimeProvider.System) { WarmUp = TimeSpan.Zero },
        };
        var options = new BenchOptions([Speck], "float32", Threads: 1, Parts: 0, Rounds: 3, invariant, python);
        return new BenchSession(bench, options, TimeProvider.System).Run(_ => { }).ToJson()["rows"]![0]!;
    }

    private string Script(string body)
    {
        var file = Path.Combine(_folder, "python");
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }
}
