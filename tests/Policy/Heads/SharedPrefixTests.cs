using R1Reward.Policy.Adapters;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tests.Models.Vision;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Heads;

/// <summary>
/// Texts that begin alike are scored as each by itself, whatever the model does with what came before.
/// </summary>
public sealed class SharedPrefixTests
{
    private const int Shared = 19, Plenty = 10_000;

    [Theory]
    [MemberData(nameof(ScalarModelTests.Kinds), MemberType = typeof(ScalarModelTests))]
    public void Every_head_scores_texts_that_share_their_beginning_as_it_scores_them_alone(
        HeadKind kind, ScalarPooling pooling)
    {
        using var model = ScalarModelTests.Model(new ScalarConfig { Kind = kind, Pooling = pooling });
        SameAsAlone(model, Plenty);
        SameAsAlone(model, Shared + 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void States_of_a_layer_in_the_middle_are_shared_too(int layer)
    {
        using var model = ScalarModelTests.Model(new ScalarConfig { ProbingLayer = layer });
        SameAsAlone(model, Plenty);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(Shared + 2)]
    public void A_window_reaches_back_into_the_beginning_no_farther_than_it_should(int window)
    {
        var config = Some.Config with { HasOutput = false, Window = window, WindowedLayers = [false, true] };
        using var model = new ScalarModel(
            CausalLM.Create(config, CPU, ScalarType.Float32, 4),
            ScalarHeads.Create(new ScalarConfig(), config.HiddenSize, CPU, 5));
        SameAsAlone(model, Plenty);
    }

    [Fact]
    public void An_adapter_takes_part()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig());
        LoraAdapter.Create(model.Backbone, new LoraConfig { Rank = 2 }, seed: 3);
        SameAsAlone(model, Plenty);
    }

    [Fact]
    public void Pictures_of_the_question_are_seen_once_and_move_what_follows()
    {
        using var model = new ScalarModel(
            CausalLM.Create(MediaInputsTests.Seeing, CPU, ScalarType.Float32, 3),
            ScalarHeads.Create(new ScalarConfig(), MediaInputsTests.Seeing.HiddenSize, CPU, 5));
        var picture = MediaInputsTests.Picture(4, 6, 1);
        int[] beginning = [5, .. Enumerable.Repeat(MediaInputsTests.Image, 6), 8, 9, 10];
        ScalarRow[] rows =
        [
            .. Ends().Select(end => new ScalarRow([.. beginning, .. end.Select(id => id + 3)]) { Media = [picture] }),
        ];
        Same(model, rows, Plenty);

        // Each with a picture of its own, though an equal one: nothing is taken for shared.
        Same(model, [.. rows.Select(row => row with { Media = [MediaInputsTests.Picture(4, 6, 1)] })], Plenty);
    }

    [Fact]
    public void Where_padding_is_pooled_nothing_is_shared()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig { PoolsPadding = true });
        var rows = Rows();
        Assert.Equal(
            ScalarPass.Evaluate(model, rows, Plenty), ScalarPass.EvaluateTogether(model, rows, Plenty));
    }

    [Fact]
    public void One_text_may_be_the_beginning_of_another()
    {
        using var model = ScalarModelTests.Model(new ScalarConfig());
        var beginning = Some.Tokens(Shared, 1);
        Same(model, [new ScalarRow([.. beginning]), new ScalarRow([.. beginning, 3, 4])], Plenty);
        Same(model, [new ScalarRow([.. beginning]), new ScalarRow([.. beginning])], Plenty);
    }

    private static void SameAsAlone(ScalarModel model, int microBatchTokens) => Same(model, Rows(), microBatchTokens);

    private static void Same(ScalarModel model, ScalarRow[] rows, int microBatchTokens)
    {
        var together = ScalarPass.EvaluateTogether(model, rows, microBatchTokens);
        Assert.All(rows.Zip(together), one => Assert.All(
            ScalarPass.Evaluate(model, [one.First], Plenty)[0].Zip(one.Second),
            score => Assert.Equal(score.First, score.Second, 1e-5)));
    }

    private static ScalarRow[] Rows() =>
        [.. Ends().Select(end => new ScalarRow([.. Some.Tokens(Shared, 1), .. end]))];

    private static IEnumerable<int[]> Ends() => new[] { 4, 1, 9, 6 }.Select((length, index) =>
        (int[])[index, .. Some.Tokens(length, 2 + index)]);
}
