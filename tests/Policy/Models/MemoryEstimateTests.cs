using System.Globalization;
using R1Reward.Data.Options;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Tests.Training;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models;

[Collection(nameof(GradientCheckpointingTests))]
public sealed class MemoryEstimateTests
{
    // Sizes of the published Qwen2.5 models, from their config.json.
    private static readonly (string Name, ModelConfig Config, long Parameters)[] Published =
    [
        ("0.5B", Sizes(896, 4864, 24, 14, 2, 151936, tied: true), 494_032_768),
        ("1.5B", Sizes(1536, 8960, 28, 12, 2, 151936, tied: true), 1_543_714_304),
        ("3B", Sizes(2048, 11008, 36, 16, 2, 151936, tied: true), 3_085_938_688),
        ("7B", Sizes(3584, 18944, 28, 28, 4, 152064, tied: false), 7_615_616_512),
    ];

    [Theory]
    [InlineData(ScalarType.Float32, null)]
    [InlineData(ScalarType.BFloat16, null)]
    [InlineData(ScalarType.Float32, "qwen2_vl")]
    [InlineData(ScalarType.BFloat16, "qwen2_5_vl")]
    [InlineData(ScalarType.BFloat16, "qwen3_vl")]
    public void Weights_optimiser_cache_and_adapter_take_what_is_said(ScalarType dtype, string? tower)
    {
        using var scope = NewDisposeScope();
        var config = VisionFamily.All.FirstOrDefault(family => family.ModelType == tower) is { } family
            ? SeeingModels.Of(family, depth: 3, width: 16)
            : Some.Config;
        var estimate = new MemoryEstimate(config);
        using var model = CausalLM.Create(config, CPU, dtype, 1);
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        using var cache = new KvCache(config, 1, 8, CPU, dtype);
        var expected = estimate.Training(dtype);
        Assert.Equal(model.Parameters.Count, estimate.Parameters);
        Assert.Equal(Bytes(model.Parameters.Groups.Select(group => group.Values)), expected.Weights);
        Assert.Equal(Bytes(model.Parameters.Groups.Select(group => group.Gradients!)), expected.Gradients);
        Assert.Equal(
            Bytes(
                optimizer
                    .StateTensors()
                    .Where(state => !state.Name.StartsWith("master.", StringComparison.Ordinal))
                    .Select(state => state.Values)),
            expected.Moments);
        // The sums of gradients are as large as the masters.
        Assert.Equal(
            2
                * Bytes(
                    optimizer
                        .StateTensors()
                        .Where(state => state.Name.StartsWith("master.", StringComparison.Ordinal))
                        .Select(state => state.Values)),
            expected.Masters);
        Assert.Equal(cache.BytesPerToken, estimate.CachePerToken(dtype));
        var adapter = LoraAdapter.Create(model, new LoraConfig { Rank = 3 }, 1);
        Assert.Equal(adapter.Parameters.Count, estimate.AdapterParameters(3));
    }

    [PeakMemoryFact]
    public void Activations_take_what_is_said() => ActivationsOf(ModelFamily.Qwen2);

    /// <summary>Norms of queries and keys take theirs, as in Qwen3-VL's decoder.</summary>
    [PeakMemoryFact]
    public void Activations_of_a_decoder_that_norms_heads_take_what_is_said() => ActivationsOf(ModelFamily.Qwen3);

    private static void ActivationsOf(ModelFamily family)
    {
        using var scope = NewDisposeScope();
        var config = Some.Config with
        {
            Family = family,
            QueryBias = family.AlwaysQueryBias,
            HiddenSize = 128,
            IntermediateSize = 512,
            HeadSize = 32,
            Layers = 12,
        };
        using var model = CausalLM.Create(config, CPU, ScalarType.Float32, 1);
        model.Parameters.AllocateGradients();
        const int rows = 8, length = 256;
        void Forward(int count)
        {
            using var inner = NewDisposeScope();
            var batch = TokenBatch.From(
                [
                    .. Enumerable
                        .Range(0, count)
                        .Select(i => TrainingRow.Reply(Some.Tokens(length - 2, i), Some.Tokens(2, i + 9))),
                ],
                CPU);
            _ = model.HiddenAt(batch.IdsBT, batch.PlacesN);
        }

        // Once before: what libraries set up for themselves is not the model's.
        Forward(rows);
        var measured = PeakMemory.Measure(() => Forward(rows));
        var estimate = new MemoryEstimate(config).Activations(
            ScalarType.Float32,
            rows,
            length,
            checkpointing: false,
            fusedAttention: false);
        Assert.InRange((double)measured / estimate, 0.75, 1.33);
    }

    [Fact]
    public void Published_models_have_the_parameters_that_they_are_known_for() =>
        Assert.All(Published, one => Assert.Equal(one.Parameters, new MemoryEstimate(one.Config).Parameters));

    [Fact]
    public void The_table_of_the_manual_is_computed()
    {
        var manual = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "models.md"));
        var table = string.Join('\n', Published.Select(one => Row(one.Name, one.Config)));
        Assert.True(manual.Contains(table, StringComparison.Ordinal), "docs/models.md should have\n" + table);
    }

    [Fact]
    public void The_manual_states_the_memory_of_each_of_eight_ranks_of_a_large_model()
    {
        var manual = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "learners.md"));
        var table = string.Join('\n', Enum.GetValues<Sharding>().Select(sharding =>
        {
            var memory = ShardedMemory.Of(Published[^1].Config, ScalarType.BFloat16, sharding, 8);
            long[] cells = [memory.Weights, memory.Gradients, memory.Moments, memory.Masters, memory.Total];
            return $"| `{EnumNames.Dashed(sharding)}` | {string.Join(" | ", cells.Select(GiB))} |";
        }));
        Assert.True(manual.Contains(table, StringComparison.Ordinal), "docs/learners.md should have\n" + table);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void What_a_rank_keeps_from_step_to_step_is_as_large_as_is_said(ScalarType dtype) => Assert.All(
        LoopbackRing.Run(2, rank =>
        {
            using var model = CausalLM.Create(Some.Config, CPU, dtype, 1);
            using var optimizer = new AdamW(
                model.Parameters, new AdamWOptions { Sharding = Sharding.Optimizer }) { Ranks = rank };
            var expected = ShardedMemory.Of(Some.Config, dtype, Sharding.Optimizer, 2);
            return (Held: Bytes(optimizer.FlatState), dtype == ScalarType.Float32
                ? expected.Moments + (expected.Weights / 2)
                : expected.Moments + expected.Masters - (4 * model.Parameters.Count));
        }),
        one => Assert.InRange(one.Held, one.Item2 - 64, one.Item2 + 64));

    private static string Row(string name, ModelConfig config)
    {
        var estimate = new MemoryEstimate(config);
        const ScalarType format = ScalarType.BFloat16;
        var full = estimate.Training(format);
        var adapter = estimate.AdapterTraining(format, estimate.AdapterParameters(16));
        string[] cells =
        [
            name,
            (estimate.Parameters / 1e9).ToString("0.00", CultureInfo.InvariantCulture) + " G",
            GiB(full.Weights),
            (estimate.CachePerToken(format) / 1024).ToString(CultureInfo.InvariantCulture),
            GiB(full.Gradients),
            GiB(full.Moments),
            GiB(full.Masters),
            GiB(full.Total),
            GiB(adapter.Total),
            GiB(estimate.Activations(format, 1, 4096, checkpointing: false, fusedAttention: true)),
            GiB(estimate.Activations(format, 1, 4096, checkpointing: true, fusedAttention: true)),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static ModelConfig Sizes(
        int hidden,
        int middle,
        int layers,
        int heads,
        int keyValueHeads,
        int vocabulary,
        bool tied
    ) =>
        new()
        {
            HiddenSize = hidden,
            IntermediateSize = middle,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = hidden / heads,
            VocabularySize = vocabulary,
            TieWordEmbeddings = tied,
        };

    private static string GiB(long bytes) =>
        (bytes / (double)(1 << 30)).ToString("0.0", CultureInfo.InvariantCulture);

    private static long Bytes(IEnumerable<Tensor> tensors) =>
        tensors.Sum(tensor => tensor.numel() * tensor.ElementSize);
}
