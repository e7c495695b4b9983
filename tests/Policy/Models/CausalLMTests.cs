using System.Runtime.InteropServices;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models;

public sealed class CausalLMTests
{
    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        using var scope = NewDisposeScope();
        using var first = Some.Model(1);
        using var again = Some.Model(1);
        using var other = Some.Model(2);
        var name = "model.layers.1.mlp.up_proj.weight";
        Assert.Equal(Numbers.Values(first.Parameters[name]), Numbers.Values(again.Parameters[name]));
        Assert.NotEqual(Numbers.Values(first.Parameters[name]), Numbers.Values(other.Parameters[name]));
    }

    [Fact]
    public void Fresh_weights_have_the_configured_spread()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(
            Some.Config with
            {
                VocabularySize = 4000,
                InitializerRange = 0.02,
            },
            CPU,
            ScalarType.Float32,
            3);
        var values = Numbers.Values(model.Parameters["model.embed_tokens.weight"]);
        Assert.Equal(0, values.Average(), 5e-4);
        Assert.Equal(0.02, Math.Sqrt(values.Average(value => value * value)), 5e-4);
    }

    [Fact]
    public void A_clone_does_not_follow_the_model()
    {
        using var scope = NewDisposeScope();
        using var model = Some.Model();
        using var copy = model.Clone();
        var before = Numbers.Values(copy.Parameters["model.norm.weight"]);
        using (no_grad())
        {
            model.Parameters["model.norm.weight"].fill_(7);
        }

        Assert.Equal(before, Numbers.Values(copy.Parameters["model.norm.weight"]));
    }

    [Fact]
    public void Samples_of_one_prompt_share_its_run_and_then_go_their_own_ways()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = Some.Model();
        int[][] prompts = [Some.Tokens(5, 1), Some.Tokens(3, 2)];
        using var cache = new KvCache(Some.Config, 6, 10, CPU, ScalarType.Float32);
        model.Prefill(Numbers.Ids(prompts), [5, 3], cache, samplesPerPrompt: 2);
        Assert.Equal([5, 5, 3, 3], cache.Lengths.ToArray());
        long[] next = [1, 2, 3, 4];
        var decoded = model.Decode(tensor(next, device: CPU), cache);
        for (var row = 0; row < 4; row++)
        {
            int[] whole = [.. prompts[row / 2], (int)next[row]];
            var expected = Numbers.Values(model.Hidden(Numbers.Ids([whole]))[0, whole.Length - 1]);
            Numbers.Close(expected, Numbers.Values(decoded[row]), 1e-5, $"row {row}");
        }
    }

    [Fact]
    public void A_retired_row_is_filled_by_the_last_one_and_decoding_goes_on()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = Some.Model();
        int[][] prompts = [Some.Tokens(5, 1), Some.Tokens(3, 2), Some.Tokens(4, 3)];
        using var cache = new KvCache(Some.Config, 3, 10, CPU, ScalarType.Float32);
        model.Prefill(Numbers.Ids(prompts), [5, 3, 4], cache);
        Assert.Equal(2, cache.Remove(0));
        Assert.Equal([4, 3], cache.Lengths.ToArray());
        Assert.Equal(7 * cache.BytesPerToken, cache.UsedBytes);
        var decoded = model.Decode(tensor(new long[] { 9, 8 }, device: CPU), cache);
        int[][] wholes = [[.. prompts[2], 9], [.. prompts[1], 8]];
        for (var row = 0; row < 2; row++)
        {
            var expected = Numbers.Values(model.Hidden(Numbers.Ids([wholes[row]]))[0, wholes[row].Length - 1]);
            Numbers.Close(expected, Numbers.Values(decoded[row]), 1e-5, $"row {row}");
        }

        Assert.Equal(-1, cache.Remove(1));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 2, 7)]
    [InlineData(ScalarType.Float32, 9, 40)]
    [InlineData(ScalarType.Float64, 9, 40)]
    public void A_cache_changes_its_sizes_and_decoding_goes_on(ScalarType dtype, int rows, int capacity)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = Some.Model(1, dtype);
        int[][] prompts = [Some.Tokens(5, 1), Some.Tokens(3, 2)];
        using var cache = new KvCache(Some.Config, 4, 20, CPU, dtype);
        model.Prefill(Numbers.Ids(prompts), [5, 3], cache);

        cache.Resize(rows, capacity);

        Assert.Equal(
            (rows, capacity, rows * capacity * cache.BytesPerToken),
            (cache.MaxRows, cache.Capacity, cache.AllocatedBytes));
        var decoded = model.Decode(tensor(new long[] { 9, 8 }, device: CPU), cache);
        int[][] wholes = [[.. prompts[0], 9], [.. prompts[1], 8]];
        for (var row = 0; row < 2; row++)
        {
            var expected = Numbers.Values(model.Hidden(Numbers.Ids([wholes[row]]))[0, wholes[row].Length - 1]);
            Numbers.Close(expected, Numbers.Values(decoded[row]), 1e-5, $"row {row}");
        }

        // No machine has memory for that: what is held stays, and other sizes can be tried.
        Assert.ThrowsAny<ExternalException>(() => cache.Resize(1_000_000, 100_000_000));
        cache.Resize(rows, capacity);
        decoded = model.Decode(tensor(new long[] { 7, 6 }, device: CPU), cache);
        Numbers.Close(
            Numbers.Values(
                model.Hidden(
                    Numbers.Ids([
                        [.. wholes[1], 6],
                    ])
                )[0, wholes[1].Length]),
            Numbers.Values(decoded[1]),
            1e-5,
            "after a failure");

        Assert.Contains(
            "no room for its 2 sequences",
            Assert.Throws<InvalidOperationException>(() => cache.Resize(1, capacity)).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => cache.Resize(rows, 5));
    }

    [Fact]
    public void A_full_cache_is_an_error_that_names_row_and_length()
    {
        using var scope = NewDisposeScope();
        using var model = Some.Model();
        using var cache = new KvCache(Some.Config, 1, 3, CPU, ScalarType.Float32);
        model.Prefill(Numbers.Ids([Some.Tokens(3, 1)]), [3], cache);
        Assert.Contains(
            "row 0 is full: 3 of 3",
            Assert
                .Throws<InvalidOperationException>(() => model.Decode(zeros(1, dtype: ScalarType.Int64), cache))
                .Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.Prefill(Numbers.Ids([Some.Tokens(3, 1)]), [3], cache));
    }

    [Fact]
    public void The_kernel_and_the_tensor_library_decode_alike()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var narrow = Some.Model(1, ScalarType.BFloat16);
        using var wide = new CausalLM(Some.Config, CPU, ScalarType.Float32);
        wide.Parameters.CopyFrom(narrow.Parameters);
        int[][] prompts = [Some.Tokens(5, 1), Some.Tokens(3, 2)];
        Assert.Equal(Run(wide, ScalarType.Float32).Length, Run(narrow, ScalarType.BFloat16).Length);
        Numbers.Close(Run(wide, ScalarType.Float32), Run(narrow, ScalarType.BFloat16), 0.15, "bfloat16");

        float[] Run(CausalLM model, ScalarType dtype)
        {
            using var cache = new KvCache(Some.Config, 2, 10, CPU, dtype);
            model.Prefill(Numbers.Ids(prompts), [5, 3], cache);
            model.Decode(tensor(new long[] { 9, 8 }, device: CPU), cache);
            return Numbers.Values(model.Decode(tensor(new long[] { 2, 4 }, device: CPU), cache));
        }
    }
}
