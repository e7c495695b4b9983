using R1Reward.Policy.Adapters;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Heads;

/// <summary>Two responses behind their question in one row get the scores and gradients of two rows.</summary>
public sealed class PairPackingTests
{
    [Theory]
    [MemberData(nameof(ScalarModelTests.Kinds), MemberType = typeof(ScalarModelTests))]
    public void Every_head_scores_packed_pairs_as_it_scores_rows_of_their_own(HeadKind kind, ScalarPooling pooling)
    {
        using var model = ScalarModelTests.Model(new ScalarConfig { Kind = kind, Pooling = pooling });
        Same(model);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    public void A_window_counts_the_tokens_of_a_text_and_not_those_of_its_row(int window)
    {
        var config = Some.Config with { HasOutput = false, Window = window, WindowedLayers = [false, true] };
        using var model = new ScalarModel(
            CausalLM.Create(config, CPU, ScalarType.Float32, 4),
            ScalarHeads.Create(new ScalarConfig(), config.HiddenSize, CPU, 5));
        Same(model);
    }

    [Fact]
    public void Gradients_are_those_of_rows_of_their_own()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig());
        using var optimizer = new AdamW(model.Trained, new AdamWOptions());
        float[] Gradients(ScalarBatch batch)
        {
            using var scope = NewDisposeScope();
            var scores = model.Score(batch, training: true);
            (scores * tensor(new float[] { 1, -2, 3, 4, -5, 6 }).view(-1, 1)).sum().backward();
            optimizer.Accumulate();
            return Numbers.Values(optimizer.TakeGradients(model.Backbone.Trained));
        }

        var own = Gradients(model.BatchOf(Pairs()));
        Numbers.Close(own, Gradients(model.Packed(Pairs())!), 1e-5, "packed");
    }

    [Fact]
    public void Pairs_that_share_little_padding_that_is_pooled_and_adapters_have_rows_of_their_own()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig());
        using var published = ScalarModelTests.Model(new ScalarConfig { PoolsPadding = true });
        Assert.NotNull(model.Packed(Pairs()));
        Assert.Null(model.Packed([.. Pairs().Take(3), .. Enumerable.Repeat(new ScalarRow([1, 2, 3]), 3)]));
        Assert.Null(published.Packed(Pairs()));
        LoraAdapter.Create(model.Backbone, new LoraConfig { Rank = 2 }, seed: 3);
        Assert.Null(model.Packed(Pairs()));
    }

    private static void Same(ScalarModel model)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var packed = model.Packed(Pairs())!;
        Assert.Equal(3, packed.IdsBT.size(0));
        Numbers.Close(
            Numbers.Values(model.Score(Pairs())),
            Numbers.Values(model.Score(packed, training: false)),
            1e-5,
            "packed");
    }

    // Beginnings of 9, 11 and 7 tokens; the second response of the last pair is the first one with a token more.
    private static ScalarRow[] Pairs()
    {
        static ScalarRow Row(int shared, params int[] end) => new([.. Some.Tokens(shared, shared), .. end]);
        return
        [
            Row(9, 1, 2), Row(11, 3), Row(7, 4, 5),
            Row(9, 6), Row(11, 7, 8, 9), Row(7, 4, 5, 6),
        ];
    }
}
