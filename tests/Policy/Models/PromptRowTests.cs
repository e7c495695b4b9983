using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Tests.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models;

// The number of threads is the whole process's, and with it sums change their last bits.
[Collection(nameof(GradientCheckpointingTests))]
public sealed class PromptRowTests
{
    private static readonly int[] Sequence = [.. Enumerable.Range(0, 60).Select(i => (i * 7) % 31)];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(17, 3)]
    public void Pieces_and_threads_change_no_bit(int atMost, int threads)
    {
        using var model = Some.Model();
        using var whole = new PromptRow(model);
        using var pieces = new PromptRow(model);
        whole.Begin(Sequence, 0);
        var expected = States(whole, Sequence.Length);
        var before = get_num_threads();
        set_num_threads(threads);
        try
        {
            pieces.Begin(Sequence, 0);
            Assert.Equal(expected, States(pieces, atMost));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void A_common_beginning_is_computed_once_and_changes_no_bit()
    {
        using var model = Some.Model();
        using var row = new PromptRow(model);
        using var fresh = new PromptRow(model);
        int[] other = [.. Sequence[..40], 2, 3, 4];
        row.Begin(Sequence, Sequence.Length - 1);
        States(row, 64);
        row.Begin(other, other.Length - 1);
        fresh.Begin(other, 0);

        Assert.Equal(3, row.Missing);
        Assert.Equal(States(fresh, 64)[^(3 * model.Config.HiddenSize)..], States(row, 64));
    }

    [Fact]
    public void What_is_needed_is_computed_again_also_where_it_is_known()
    {
        using var model = Some.Model();
        using var row = new PromptRow(model);
        row.Begin(Sequence, 0);
        States(row, 64);
        row.Begin(Sequence, 50);
        Assert.Equal(10, row.Missing);
        row.Clear();
        row.Begin(Sequence, 50);
        Assert.Equal(Sequence.Length, row.Missing);
    }

    [Fact]
    public void Decoding_in_a_batch_gives_the_bits_of_the_sequence_alone()
    {
        using var model = Some.Model();
        model.IsBatchInvariant = true;
        using var row = new PromptRow(model);
        using var cache = new KvCache(model.Config, 8, 64, CPU, ScalarType.Float32);
        row.Begin(Sequence, 0);
        var expected = States(row, 64);
        row.Begin(Sequence.AsSpan()[..30], 29);
        States(row, 64);
        row.CopyTo(cache, 5);
        for (var place = 30; place < Sequence.Length; place++)
        {
            using var scope = NewDisposeScope();
            var states = model.Decode(tensor([.. Enumerable.Repeat((long)Sequence[place], 5)]), cache);
            var width = model.Config.HiddenSize;
            Assert.All(
                Enumerable.Range(0, 5),
                copy => Assert.Equal(
                    expected[(place * width)..((place + 1) * width)], Numbers.Values(states.select(0, copy))));
        }
    }

    private static float[] States(PromptRow row, int atMost)
    {
        var all = new List<float>();
        while (row.Missing > 0)
        {
            using var scope = NewDisposeScope();
            all.AddRange(Numbers.Values(row.GoOn(atMost)));
        }

        return [.. all];
    }
}
