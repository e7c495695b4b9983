using R1Reward.Policy.Devices;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Tests.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models.Decoder;

// The number of threads is the whole process's, and with it sums change their last bits.
[Collection(nameof(GradientCheckpointingTests))]
public sealed class CpuDecoderTests
{
    private static readonly int[] _lengths = [5, 3, 4, 7, 1, 2, 6, 5, 3, 8, 4];

    public static TheoryData<string> Kinds => [.. Configs.Keys];

    private static Dictionary<string, ModelConfig> Configs => new()
    {
        ["biases, tied"] = Some.Config,
        ["norms of queries and keys"] = Some.Config with
        {
            Family = ModelFamily.Qwen3, QueryBias = false, TieWordEmbeddings = false, HeadSize = 8,
        },
        ["a window"] = Some.Config with { Window = 3, WindowedLayers = [true, false] },
        ["one head for all"] = Some.Config with { KeyValueHeads = 1, OutputBias = true, QueryBias = false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Decoding_many_rows_gives_what_whole_sequences_give(string kind)
    {
        using var thread = new TorchThread("decoding", nativeThreads: 2);
        await thread.Run(() =>
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            using var model = CausalLM.Create(Configs[kind], CPU, ScalarType.Float32, seed: 3);
            var prompts = _lengths.Select((length, row) => Some.Tokens(length, row)).ToArray();
            var decoded = Decode(model, prompts, steps: 3);
            for (var row = 0; row < prompts.Length; row++)
            {
                int[] whole = [.. prompts[row], .. Some.Tokens(3, 100 + row)];
                var expected = Numbers.Values(model.Hidden(Numbers.Ids([whole]))[0, whole.Length - 1]);
                Numbers.Close(expected, decoded[row], 2e-5, $"row {row}");
            }
        });
    }

    [Fact]
    public async Task A_row_has_the_same_bits_in_every_batch()
    {
        using var thread = new TorchThread("decoding", nativeThreads: 1);
        await thread.Run(() =>
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            using var model = Some.Model();
            var prompts = _lengths.Select((length, row) => Some.Tokens(length, row)).ToArray();
            var together = Decode(model, prompts, steps: 2);
            for (var row = 0; row < prompts.Length; row++)
            {
                Assert.Equal(together[row], Decode(model, [prompts[row]], steps: 2, row)[0]);
            }
        });
    }

    /// <summary>The states after some more tokens of each row; the prompts are computed one by one.</summary>
    private static float[][] Decode(CausalLM model, int[][] prompts, int steps, int first = 0)
    {
        using var cache = new KvCache(model.Config, prompts.Length, 12, CPU, ScalarType.Float32);
        foreach (var prompt in prompts)
        {
            model.Prefill(Numbers.Ids([prompt]), [prompt.Length], cache);
        }

        Tensor? states = null;
        for (var step = 0; step < steps; step++)
        {
            long[] next = [.. prompts.Select((_, row) => (long)Some.Tokens(3, 100 + first + row)[step])];
            states = model.Decode(tensor(next, device: CPU), cache);
        }

        return [.. Enumerable.Range(0, prompts.Length).Select(row => Numbers.Values(states![row]))];
    }
}
