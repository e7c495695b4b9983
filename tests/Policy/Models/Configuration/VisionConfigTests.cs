using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Tests.Models.Configuration;

/// <summary>The spellings in which Qwen2-VL and Qwen2.5-VL folders come, at the sizes of published models.</summary>
public sealed class VisionConfigTests
{
    /// <summary>
    /// A 7B model as releases of transformers before 4.52 save it after fine-tuning: of the tower what differs from
    /// their defaults.
    /// </summary>
    [Theory]
    [InlineData(
        "qwen2_5_vl",
        "{ 'hidden_size': 1280, 'in_chans': 3, 'model_type': 'qwen2_5_vl', 'spatial_patch_size': 14, "
            + "'tokens_per_second': 2, 'torch_dtype': 'bfloat16' }")]
    [InlineData("qwen2_vl", "{ 'in_chans': 3, 'model_type': 'qwen2_vl', 'spatial_patch_size': 14 }")]
    public void What_a_saved_tower_leaves_out_is_the_default_of_its_family(string type, string vision)
    {
        var read = ModelConfigReader.Parse(Flat(type, vision), "config.json").Vision!;

        Assert.Equal((32, 1280, 3584, 16, 80), (read.Depth, read.Width, read.OutputWidth, read.Heads, read.HeadSize));
        Assert.Equal(3 * 2 * 14 * 14, read.PatchValues);
        Assert.Equal(
            type == "qwen2_vl" ? (5120, 0, 0.0) : (3420, 112, 2.0),
            (read.IntermediateSize, read.WindowSize, read.TokensPerSecond));
        Assert.Equal(type == "qwen2_vl" ? [] : [7, 15, 23, 31], read.FullAttentionBlocks);
    }

    [Theory]
    [InlineData(
        "'rope_scaling': { 'type': 'mrope', 'mrope_section': [16, 24, 24] }, "
            + "'rope_theta': 500000.0, 'rms_norm_eps': 1e-6",
        500_000,
        1e-6)]
    [InlineData(
        "'rope_scaling': { 'rope_type': 'default', 'type': 'default', 'mrope_section': [16, 24, 24] }",
        1_000_000,
        1e-5)]
    [InlineData(
        "'rope_parameters': { 'rope_type': 'default', 'rope_theta': 1000000.0, 'mrope_section': [16, 24, 24] }, "
            + "'rope_scaling': null",
        1_000_000,
        1e-5)]
    public void Each_spelling_of_the_rotation_is_read_nested_or_flat(string rope, double theta, double epsilon)
    {
        var flat = Flat("qwen2_5_vl", "{ 'hidden_size': 1280 }");
        flat.Remove("rope_scaling");
        flat.Merge(JObject.Parse("{" + rope + "}"));
        var nested = new JObject(
            flat.Properties()
                .Where(property =>
                    property.Name is "model_type" or "vision_config" or "image_token_id" or "video_token_id"))
        {
            ["text_config"] = new JObject(
                flat.Properties().Where(property => property.Name is not ("model_type" or "vision_config"))),
        };

        Assert.All(new[] { flat, nested }, json =>
        {
            var read = ModelConfigReader.Parse(json, "config.json");
            Assert.Equal((theta, RotaryKind.Default, epsilon), (read.Rope.Theta, read.Rope.Kind, read.RmsNormEpsilon));
            Assert.Equal([16, 24, 24], read.Vision!.RotarySections);
        });
    }

    [Fact]
    public void Without_sections_of_the_rotation_it_is_refused_and_nothing_else_breaks()
    {
        var json = Flat("qwen2_5_vl", "{ 'hidden_size': 1280 }");
        json["rope_scaling"] = null;
        var error = Assert.Throws<UserErrorException>(() => ModelConfigReader.Parse(json, "here/config.json"));
        Assert.Equal("here/config.json: mrope_section must have three parts: time, row, column", error.Message);
    }

    /// <summary>As Qwen3-VL-4B is published, and as transformers 5 writes it.</summary>
    [Theory]
    [InlineData(
        "'rope_scaling': { 'mrope_interleaved': true, 'mrope_section': [24, 20, 20], 'rope_type': 'default' }, "
            + "'rope_theta': 5000000")]
    [InlineData(
        "'rope_parameters': { 'mrope_interleaved': true, 'mrope_section': [24, 20, 20], 'rope_type': 'default', "
            + "'rope_theta': 5000000.0 }")]
    public void Both_spellings_of_Qwen3_are_read(string rope)
    {
        var read = ModelConfigReader.Parse(Qwen3(rope), "config.json");
        var vision = read.Vision!;

        Assert.Equal(
            (5_000_000, 1e-6, 128, false),
            (read.Rope.Theta, read.RmsNormEpsilon, read.HeadSize, read.QueryBias));
        Assert.True(read.Family.QueryKeyNorm);
        Assert.Equal((24, 1024, 4096, 16, 48), (
            vision.Depth, vision.Width, vision.IntermediateSize, vision.PatchSize, vision.PositionsPerSide));
        Assert.Equal([5, 11, 17], vision.DeepStackBlocks);
        Assert.Equal((151652, 151653), vision.GroupTokenIds);
        Assert.Equal([0, 1, 2, 0, 1, 2], Enumerable.Range(0, 6).Select(vision.AxisOf));
        Assert.Equal([0, 1, 2, 0, 0, 0, 0], Enumerable.Range(57, 7).Select(vision.AxisOf));
        Assert.Empty(read.UnknownKeys);
    }

    [Theory]
    [InlineData("vision_config.deepstack_visual_indexes", "[5, 24]", "must be rising numbers of blocks below depth 24")]
    [InlineData("vision_config.deepstack_visual_indexes", "[11, 5]", "must be rising numbers of blocks below depth 24")]
    [InlineData("vision_config.deepstack_visual_indexes", "null", "but is missing")]
    [InlineData("vision_config.num_position_embeddings", "2300", "a square number is")]
    [InlineData("vision_config.hidden_size", "null", "vision_config.hidden_size must be a whole number")]
    [InlineData("vision_config.hidden_act", "'quick_gelu'", "gelu_pytorch_tanh is")]
    [InlineData("text_config.rope_theta", "null", "text_config.rope_theta is missing")]
    [InlineData("text_config.rope_scaling.mrope_interleaved", "false", "mrope_interleaved false is not computed")]
    [InlineData("text_config.use_sliding_window", "true", "use_sliding_window is not computed for models of type")]
    [InlineData("text_config.num_hidden_layers", "2", "3 blocks of the tower go into decoder layers, of which there")]
    [InlineData("vision_start_token_id", "null", "vision_start_token_id must be an id below vocab_size")]
    public void What_Qwen3_asks_for_beyond_what_is_computed_is_refused_by_name(string key, string value, string message)
    {
        var json = Qwen3(
            "'rope_scaling': { 'mrope_interleaved': true, 'mrope_section': [24, 20, 20] }, 'rope_theta': 5000000");
        var keys = key.Split('.');
        var part = keys[..^1].Aggregate((JToken)json, (at, name) => at[name]!);
        part[keys[^1]] = JToken.Parse(value);
        var error = Assert.Throws<UserErrorException>(() => ModelConfigReader.Parse(json, "config.json"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Settings_of_other_families_are_not_passed_over()
    {
        var json = Flat("qwen2_5_vl", "{ 'hidden_size': 1280, 'deepstack_visual_indexes': [7] }");
        json["rope_scaling"]!["mrope_interleaved"] = true;
        var error = Assert.Throws<UserErrorException>(() => ModelConfigReader.Parse(json, "config.json"));
        Assert.All(
            ["vision_config.deepstack_visual_indexes [7] is not computed", "mrope_interleaved true is not computed"],
            refusal => Assert.Contains(refusal, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_family_that_is_not_computed_is_refused_with_the_nearest_one()
    {
        string[] computed =
        [
            .. ModelFamily.All.Select(family => family.ModelType),
            .. VisionFamily.All.Select(family => family.ModelType),
            .. AudioFamily.All.Select(family => family.ModelType),
        ];
        Assert.All(ForeignFamilies.All, family =>
        {
            Assert.Contains(family.Nearest, computed);
            Assert.DoesNotContain(family.ModelType, computed);
            var error = Assert.Throws<UserErrorException>(() => ModelConfigReader.Parse(
                new JObject { ["model_type"] = family.ModelType }, "config.json"));
            Assert.Contains(
                $"({family.Name}) is not computed; the nearest that is, is {family.Nearest}",
                error.Message,
                StringComparison.Ordinal);
        });
    }

    private static JObject Qwen3(string rope) =>
        JObject.Parse(
            $$"""
            {
                'architectures': ['Qwen3VLForConditionalGeneration'], 'image_token_id': 151655,
                'model_type': 'qwen3_vl',
                'text_config': {
                    'attention_bias': false, 'attention_dropout': 0.0, 'bos_token_id': 151643, 'dtype': 'bfloat16',
                    'eos_token_id': 151645, 'head_dim': 128, 'hidden_act': 'silu', 'hidden_size': 2560,
                    'initializer_range': 0.02, 'intermediate_size': 9728, 'max_position_embeddings': 262144,
                    'model_type': 'qwen3_vl_text', 'num_attention_heads': 32, 'num_hidden_layers': 36,
                    'num_key_value_heads': 8, {{rope}}, 'tie_word_embeddings': true, 'use_cache': true,
                    'vocab_size': 151936
                },
                'tie_word_embeddings': true, 'transformers_version': '4.57.0', 'video_token_id': 151656,
                'vision_config': {
                    'deepstack_visual_indexes': [5, 11, 17], 'depth': 24, 'hidden_act': 'gelu_pytorch_tanh',
                    'hidden_size': 1024, 'in_channels': 3, 'initializer_range': 0.02, 'intermediate_size': 4096,
                    'model_type': 'qwen3_vl', 'num_heads': 16, 'num_position_embeddings': 2304,
                    'out_hidden_size': 2560, 'patch_size': 16, 'spatial_merge_size': 2, 'temporal_patch_size': 2
                },
                'vision_end_token_id': 151653, 'vision_start_token_id': 151652
            }
            """);

    private static JObject Flat(string type, string vision) =>
        JObject.Parse(
            $$"""
            {
                'architectures': ['X'], 'hidden_act': 'silu', 'hidden_size': 3584, 'intermediate_size': 18944,
                'max_position_embeddings': 128000,
                'max_window_layers': 28, 'model_type': '{{type}}', 'num_attention_heads': 28,
                'num_hidden_layers': 28, 'num_key_value_heads': 4,
                'rope_scaling': { 'type': 'mrope', 'mrope_section': [16, 24, 24] },
                'sliding_window': 32768, 'use_sliding_window': false,
                'tie_word_embeddings': false, 'torch_dtype': 'bfloat16',
                'image_token_id': 151655, 'video_token_id': 151656, 'vocab_size': 152064,
                'vision_config': {{vision}}
            }
            """);
}
