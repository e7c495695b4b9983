using System.Runtime.InteropServices;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models.Vision;

public sealed class MediaInputsTests
{
    internal const int Image = 1, Video = 2;

    private static readonly ModelConfig _config = new()
    {
        VocabularySize = 40,
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 2,
        Heads = 2,
        KeyValueHeads = 1,
        HeadSize = 8,
        MaxPositions = 64,
        InitializerRange = 0.3,
        TieWordEmbeddings = true,
        Vision = new VisionConfig
        {
            Family = VisionFamily.Qwen25,
            Depth = 2,
            Width = 16,
            OutputWidth = 16,
            Heads = 2,
            IntermediateSize = 24,
            PatchSize = 2,
            WindowSize = 8,
            FullAttentionBlocks = [1],
            TokensPerSecond = 2,
            RotarySections = [1, 1, 2],
            ImageTokenId = Image,
            VideoTokenId = Video,
        },
    };

    internal static ModelConfig Seeing => _config;

    [Fact]
    public void A_picture_shown_in_several_rows_is_seen_as_if_each_had_its_own()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(_config, CPU, ScalarType.Float32, 3);
        var (shared, copy) = (Picture(4, 6, 1), Picture(4, 6, 1));
        var ids = Ids(7, [5, Image, Image, Image, Image, Image, Image], [6, Image, Image, Image, Image, Image, Image]);

        var apart = Values(model.Hidden(ids, null, new MediaInputs([[shared], [copy]])));
        var once = Values(model.Hidden(ids, null, new MediaInputs([[shared], [shared]])));

        Assert.All(apart.Zip(once), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Pictures_of_different_sizes_do_not_see_each_other()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(_config, CPU, ScalarType.Float32, 3);
        var ids = Ids(13, [5, Image, Image, 6, .. Enumerable.Repeat((long)Image, 9)]);
        var alone = Values(model.Hidden(ids.narrow(1, 0, 4), null, new MediaInputs([[Picture(4, 2, 1)]])));
        var both = Values(model.Hidden(ids, null, new MediaInputs([[Picture(4, 2, 1), Picture(6, 6, 2)]])));

        Assert.All(alone.Zip(both), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    /// <summary>
    /// Rows of text alone, with one picture and with two: cut into single rows they teach what they teach together.
    /// </summary>
    [Fact]
    public void Text_and_picture_rows_of_any_micro_batches_add_up_to_the_same_update()
    {
        List<TrainingRow> rows =
        [
            TrainingRow.Reply([5, 6, 7], [8, 9]),
            TrainingRow.Reply([5, Image, Image, 6], [7, 8, 9], [Picture(4, 2, 1)]),
            TrainingRow.Reply([9], [8]),
            TrainingRow.Reply([Image, 6, Image, Image, Image, Image, 7], [5, 8], [Picture(2, 2, 2), Picture(4, 4, 3)]),
        ];
        float[] After(int microBatchTokens, bool checkpointing, string tensors)
        {
            using var model = CausalLM.Create(_config, CPU, ScalarType.Float32, 3);
            using var optimizer = new AdamW(model.Parameters, new AdamWOptions { Epsilon = 1e-2 });
            var options = new SftOptions { MicroBatchTokens = microBatchTokens, GradientCheckpointing = checkpointing };
            new SftTrainer(model, optimizer, new LearningRateSchedule { BaseRate = 0.1 }, options).Step(rows);
            return
            [
                .. model
                    .Parameters.Specs.Where(spec => spec.Name.StartsWith(tensors, StringComparison.Ordinal))
                    .SelectMany(spec => Values(model.Parameters[spec.Name])),
            ];
        }

        foreach (var tensors in new[] { "visual.", "model." })
        {
            using var start = CausalLM.Create(_config, CPU, ScalarType.Float32, 3);
            var together = After(1000, checkpointing: false, tensors);
            Assert.Contains(
                together.Zip(
                    start
                        .Parameters.Specs.Where(spec => spec.Name.StartsWith(tensors, StringComparison.Ordinal))
                        .SelectMany(spec => Values(start.Parameters[spec.Name]))),
                pair => Math.Abs(pair.First - pair.Second) > 0.01);
            foreach (var (tokens, checkpointing) in new[] { (1, false), (1000, true), (1, true) })
            {
                Numbers.Close(
                    together,
                    After(tokens, checkpointing, tensors),
                    1e-4,
                    $"{tensors} in pieces of {tokens}, checkpointing {checkpointing}");
            }
        }
    }

    [Theory]
    [InlineData(new long[] { 5, Image, Image, Image }, "row 0 has tokens of kind Image that are none of its media")]
    [InlineData(
        new long[] { 5, Video, Video, Video, Video, Video, Video },
        "row 0 has tokens of kind Video that are none of its media")]
    [InlineData(new long[] { 5, 6, 7 }, "row 0 has placeholders for 0 of its 1 media")]
    public void Placeholders_that_do_not_fit_the_media_are_refused_with_the_row(long[] row, string message)
    {
        var inputs = new MediaInputs([
            [Picture(4, 6, 1)],
        ]);
        var error = Assert.Throws<InvalidOperationException>(() =>
            MediaPositions.Compute(row, default, inputs, _config.Media!, PositionRule.AfterLargest));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_is_expanded_to_as_many_placeholders_as_its_media_have_tokens()
    {
        Assert.Equal(
            [9, Image, Image, 8, Image, 7],
            MediaTokens
                .Expand([9, Image, 8, Image, 7], [Picture(4, 2, 1), Picture(2, 2, 1)], _config.Media!, _ => [])
                .ToArray());
        Assert.Throws<InvalidOperationException>(() => MediaTokens.Expand([9, Image], [], _config.Media!, _ => []));
        Assert.Throws<InvalidOperationException>(
            () => MediaTokens.Expand([9], [Picture(2, 2, 1)], _config.Media!, _ => []));
    }

    [Fact]
    public void A_fresh_model_is_read_back_as_it_was_saved()
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(_config, CPU, ScalarType.Float32, 3);
        Checkpoint.Save(model, folder.Path);
        using var read = Checkpoint.Load(folder.Path, CPU, ScalarType.Float32);

        Assert.Equal(_config.Vision!.RotarySections, read.Config.Vision!.RotarySections);
        Assert.Equal(_config.Vision.FullAttentionBlocks, read.Config.Vision.FullAttentionBlocks);
        Assert.Equal(
            _config.Vision with
            {
                RotarySections = [],
                FullAttentionBlocks = [],
            },
            read.Config.Vision with
            {
                RotarySections = [],
                FullAttentionBlocks = [],
            });
        var (ids, inputs) = (
            Ids(3, [5, Image, 6]),
            new MediaInputs([
                [Picture(2, 2, 1)],
            ]));
        Assert.Equal(Values(model.Hidden(ids, null, inputs)), Values(read.Hidden(ids, null, inputs)));
    }

    internal static MediaPatches Picture(int rows, int columns, int seed)
    {
        var values = Enumerable
            .Range(0, rows * columns * _config.Vision!.PatchValues)
            .Select(i => MathF.Sin((i * 0.37f) + seed))
            .ToArray();
        return new MediaPatches(MediaKind.Image, values, new PatchGrid(1, rows, columns));
    }

    private static Tensor Ids(int tokens, params long[][] ids) =>
        tensor(ids.SelectMany(row => row).ToArray(), dtype: ScalarType.Int64, device: CPU).view(ids.Length, tokens);

    private static float[] Values(Tensor tensor) =>
        MemoryMarshal.Cast<byte, float>(tensor.detach().contiguous().bytes).ToArray();
}
