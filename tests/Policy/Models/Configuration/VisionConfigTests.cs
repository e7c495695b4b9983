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
