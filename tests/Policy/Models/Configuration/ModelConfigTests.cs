using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Models.Configuration;

public sealed class ModelConfigTests
{
    [Fact]
    public void A_window_that_is_switched_off_is_no_window()
    {
        var json = ModelConfigWriter.Write(Some.Config);
        json["sliding_window"] = 4;
        Assert.Null(ModelConfigReader.Parse(json, "config.json").WindowOf(1));
    }

    [Fact]
    public void Without_layer_types_the_window_comes_last()
    {
        var json = ModelConfigWriter.Write(Some.Config);
        (json["use_sliding_window"], json["sliding_window"], json["max_window_layers"]) = (true, 4, 1);
        var config = ModelConfigReader.Parse(json, "config.json");
        Assert.Equal([null, 4], Enumerable.Range(0, config.Layers).Select(config.WindowOf));
    }

    [Theory]
    [InlineData("model_type", "'gpt2'", "gpt2")]
    [InlineData("hidden_size", "'wide'", "hidden_size")]
    [InlineData("num_key_value_heads", "3", "multiple")]
    [InlineData("layer_types", "['full_attention']", "layer_types")]
    [InlineData("mlp_bias", "true", "mlp_bias")]
    [InlineData("quantization_config", "{ 'quant_method': 'awq', 'bits': 4 }", "awq")]
    [InlineData("rope_scaling", "{ 'type': 'dynamic', 'factor': 4 }", "dynamic")]
    public void What_it_cannot_compute_is_refused_by_name(string key, string value, string named)
    {
        var json = ModelConfigWriter.Write(Some.Config);
        (json["use_sliding_window"], json["sliding_window"]) = (true, 4);
        json[key] = JToken.Parse(value);
        var error = Assert.Throws<UserErrorException>(() => ModelConfigReader.Parse(json, "here/config.json"));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("here/config.json: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ 'type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 100 }", 400)]
    [InlineData("{ 'type': 'yarn', 'factor': 2, 'original_max_position_embeddings': 100 }", 300)]
    [InlineData("{ 'type': 'linear', 'factor': 4 }", 300)]
    public void Yarn_stretches_the_context(string scaling, int context)
    {
        var json = ModelConfigWriter.Write(Some.Config);
        (json["max_position_embeddings"], json["rope_scaling"]) = (300, JToken.Parse(scaling));
        json.Remove("rope_parameters");
        var config = ModelConfigReader.Parse(json, "config.json");
        Assert.Equal((300, context, context - 1), (config.MaxPositions, config.Context, config.LongestPrompt));
    }

    [Fact]
    public void Keys_that_nobody_knows_are_named_and_those_that_change_nothing_are_not()
    {
        var json = ModelConfigWriter.Write(Some.Config);
        (json["attention_dropout"], json["use_cache"], json["transformers_version"]) = (0.1, true, "4.43.1");
        (json["final_logit_softcapping"], json["residual_multiplier"], json["use_mrope"]) = (null, 1.0, false);
        (json["note_of_a_tool"], json["note_that_is_off"]) = ("x", null);
        Assert.Equal(["note_of_a_tool"], ModelConfigReader.Parse(json, "config.json").UnknownKeys);
    }

    [Theory]
    [InlineData("llama", "sliding_window", "64")]
    [InlineData("qwen3_moe", "use_sliding_window", "true")]
    [InlineData("qwen3_moe", "decoder_sparse_step", "0")]
    [InlineData("qwen3_moe", "num_experts_per_tok", "9")]
    [InlineData("qwen3_moe", "shared_expert_intermediate_size", "32")]
    [InlineData("qwen3", "qk_norm", "false")]
    public void What_a_family_does_not_compute_is_refused(string family, string key, string value)
    {
        var json = ModelConfigWriter.Write(Some.Config);
        json["model_type"] = family;
        if (family == "qwen3_moe")
        {
            (json["num_experts"], json["num_experts_per_tok"], json["moe_intermediate_size"]) = (4, 2, 8);
        }

        json[key] = JToken.Parse(value);
        var error = Assert.Throws<UserErrorException>(() => ModelConfigReader.Parse(json, "config.json"));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_it_does_not_use_survive_a_round_trip()
    {
        var json = ModelConfigWriter.Write(Some.Config);
        json["eos_token_id"] = 7;
        Assert.Equal(7, (int)ModelConfigWriter.Write(ModelConfigReader.Parse(json, "config.json"))["eos_token_id"]!);
    }
}
