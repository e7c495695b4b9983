using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Parameters;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models.Vision;

/// <summary>What Qwen3-VL alone has: learned positions, features in inner layers, videos as stamped groups.</summary>
public sealed class Qwen3VisionTests
{
    private const int Start = 25, End = 26, Image = 23, Video = 24;

    private static readonly ModelConfig _config = SeeingModels.Of(VisionFamily.Qwen3, depth: 3, width: 16);

    private static readonly MediaPatches _video = Medium(MediaKind.Video, 2, 2, 4, 1) with { Times = [0.5, 2.375] };

    [Fact]
    public void A_video_has_a_block_with_its_time_for_each_group()
    {
        var texts = new List<string>();
        IReadOnlyList<int> Encode(string text)
        {
            texts.Add(text);
            return [1, 2];
        }

        var ids = MediaTokens.Expand(
            [9, Video, 7, Image], [_video, Medium(MediaKind.Image, 1, 2, 2, 2)], _config.Media!, Encode);

        Assert.Equal("9 1 2 25 24 24 26 1 2 25 24 24 26 7 23", string.Join(' ', ids));
        Assert.Equal(["<0.5 seconds>", "<2.4 seconds>"], texts);
    }

    /// <summary>Text counts up, and each group starts anew from where it stands, as two pictures would.</summary>
    [Fact]
    public void Groups_of_a_video_have_the_positions_of_pictures()
    {
        long[] ids = [9, Video, Video, 8, Video, Video, 7];
        var positions = MediaPositions.Compute(
            ids, default, new MediaInputs([[_video]]), _config.Media!, PositionRule.AfterLargest);

        Assert.Equal([0, 1, 1, 3, 4, 4, 6], positions.Axes[0]);
        Assert.Equal([0, 1, 1, 3, 4, 4, 6], positions.Axes[1]);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], positions.Axes[2]);
        Assert.Equal(0, positions.Deltas[0]);
    }

    /// <summary>
    /// A table that rises evenly along rows and columns rises evenly over a frame of any size, from corner to corner.
    /// </summary>
    [Theory]
    [InlineData(2, 2)]
    [InlineData(6, 4)]
    [InlineData(10, 14)]
    public void Learned_positions_are_stretched_over_the_frame(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var vision = _config.Vision!;
        var side = vision.PositionsPerSide;
        using var table = new ParameterTable(
            [new(VisionLayout.PositionTable, [side * side, vision.Width], ParameterStart.Zeros)],
            CPU,
            ScalarType.Float32);
        var even = Enumerable.Range(0, side * side).Select(at => (100f * (at / side)) + (at % side)).ToArray();
        using (no_grad())
        {
            table[VisionLayout.PositionTable].copy_(tensor(even).view(-1, 1).expand(-1, vision.Width));
        }

        var order = new PatchOrder([new PatchGrid(2, rows, columns)], vision);
        var computed = Numbers.Values(new PositionTable(vision, table).Apply(order).select(1, 0));

        double Along(long at, int count) => at * (side - 1) / (double)(count - 1);
        var expected = order.Rows.Zip(order.Columns, (row, column) =>
            (float)((100 * Along(row, rows)) + Along(column, columns)));
        Numbers.Close([.. expected], computed, 1e-4, "position");
    }

    /// <summary>Prompt, then token by token, in as many rows as the kernels of the CPU want.</summary>
    [Fact]
    public void Decoding_after_pictures_goes_on_as_the_whole_sequence()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(true);
        using var model = CausalLM.Create(_config, CPU, ScalarType.Float32, 3);
        int[][] rows = [.. Enumerable.Range(0, 8).Select(row => (int[])[5, Start, Image, Image, End, row, row + 1])];
        var media = new MediaInputs([.. rows.Select((_, row) => new[] { Medium(MediaKind.Image, 1, 2, 4, row) })]);
        var whole = model.Hidden(Numbers.Ids(rows), null, media);
        using var cache = new KvCache(_config, rows.Length, rows[0].Length, CPU, ScalarType.Float32);

        var lengths = Enumerable.Repeat(5, rows.Length).ToArray();
        var states = model.Prefill(Numbers.Ids([.. rows.Select(row => row[..5])]), lengths, cache, 1, media);
        for (var at = 5; at <= rows[0].Length; at++)
        {
            Numbers.Close(Numbers.Values(whole.select(1, at - 1)), Numbers.Values(states), 1e-4, $"token {at - 1}");
            if (at < rows[0].Length)
            {
                states = model.Decode(tensor(rows.Select(row => (long)row[at]).ToArray()), cache);
            }
        }
    }

    [Fact]
    public void Features_of_inner_blocks_reach_the_states()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(_config, CPU, ScalarType.Float32, 3);
        var inputs = new MediaInputs([[Medium(MediaKind.Image, 1, 2, 2, 1)]]);
        float[] States() => Numbers.Values(model.Hidden(Numbers.Ids([[5, Image, 6]]), null, inputs));
        var before = States();
        using (no_grad())
        {
            model.Parameters[VisionLayout.DeepMerger(1) + ".linear_fc2.bias"].fill_(1);
        }

        var after = States();
        Assert.Equal(before[..16], after[..16]);
        Assert.NotEqual(before[16..], after[16..]);
    }

    [Fact]
    public void A_fresh_model_is_saved_as_transformers_saves_it_and_read_back()
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(_config, CPU, ScalarType.Float32, 3);
        Checkpoint.Save(model, folder.Path);
        using var read = Checkpoint.Load(folder.Path, CPU, ScalarType.Float32);

        var names = CheckpointFiles.Open(folder.Path).Shards
            .SelectMany(shard => shard.Entries)
            .Select(entry => entry.Name);
        Assert.All(names, name => Assert.Matches(@"^model\.(visual|language_model)\.", name));
        var written = JObject.Parse(File.ReadAllText(folder.At("config.json")));
        Assert.Equal("qwen3_vl", (string?)written["model_type"]);
        Assert.Equal(_config.HeadSize, (int)written["text_config"]!["head_dim"]!);
        Assert.True((bool)written["text_config"]!["rope_scaling"]!["mrope_interleaved"]!);
        Assert.Equal(_config.Vision!.DeepStackBlocks, read.Config.Vision!.DeepStackBlocks);
        Assert.Equal(_config.Vision.GroupTokenIds, read.Config.Vision.GroupTokenIds);
        Assert.Equal(_config.Vision.PositionsPerSide, read.Config.Vision.PositionsPerSide);
        var inputs = new MediaInputs([[Medium(MediaKind.Image, 1, 2, 2, 1)]]);
        float[] States(CausalLM one) => Numbers.Values(one.Hidden(Numbers.Ids([[5, Image, 6]]), null, inputs));
        Assert.Equal(States(model), States(read));
    }

    private static MediaPatches Medium(MediaKind kind, int groups, int rows, int columns, int seed)
    {
        var grid = new PatchGrid(groups, rows, columns);
        var values = Enumerable.Range(0, grid.Patches * _config.Vision!.PatchValues)
            .Select(i => MathF.Sin((i * 0.37f) + seed)).ToArray();
        return new MediaPatches(kind, values, grid);
    }
}
