using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Checkpoints;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Checkpoints;

/// <summary>
/// Damaged, foreign and hostile checkpoints end in one line that names the file or the key, within seconds.
/// </summary>
public sealed class BrokenCheckpointTests : IDisposable
{
    private const string Config = "config.json";
    private const string Tokens = "tokenizer.json";
    private const string TokenConfig = "tokenizer_config.json";
    private const string Generation = "generation_config.json";
    private const string Pictures = "preprocessor_config.json";
    private const string Card = "r1reward.json";
    private const string AdapterConfig = "adapter/adapter_config.json";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();

    public BrokenCheckpointTests() => TinyCheckpoint.Write(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_sound_one_loads() => TinyCheckpoint.Load(_folder.Path);

    [Theory]
    [InlineData(Config, "", "[]", Config)]
    [InlineData(Config, "", "{", Config)]
    [InlineData(Config, "architectures", "5", "architectures")]
    [InlineData(Config, "model_type", "7", "model_type")]
    [InlineData(Config, "hidden_size", "-16", "hidden_size")]
    [InlineData(Config, "hidden_size", "1e30", "hidden_size")]
    [InlineData(Config, "hidden_size", "99999999999999999999999", "hidden_size")]
    [InlineData(Config, "num_hidden_layers", "2000000000", "num_hidden_layers")]
    [InlineData(Config, "num_hidden_layers", "2.5", "num_hidden_layers")]
    [InlineData(Config, "num_attention_heads", "0", "num_attention_heads")]
    [InlineData(Config, "num_key_value_heads", "-1", "num_key_value_heads")]
    [InlineData(Config, "head_dim", "0", "head_dim")]
    [InlineData(Config, "vocab_size", "0", "vocab_size")]
    [InlineData(Config, "max_position_embeddings", "0", "max_position_embeddings")]
    [InlineData(Config, "rms_norm_eps", "NaN", "rms_norm_eps")]
    [InlineData(Config, "rms_norm_eps", "0", "rms_norm_eps")]
    [InlineData(Config, "rms_norm_eps", "-1e-6", "rms_norm_eps")]
    [InlineData(Config, "rms_norm_eps", "\"small\"", "rms_norm_eps")]
    [InlineData(Config, "rope_theta", "0", "rope_theta")]
    [InlineData(Config, "rope_theta", "-Infinity", "rope_theta")]
    [InlineData(Config, "rope_scaling", "\"yarn\"", "rope_scaling")]
    [InlineData(Config, "rope_scaling/factor", "0", "rope_scaling.factor")]
    [InlineData(Config, "rope_scaling/short_factor", "[1.0]", "short_factor")]
    [InlineData(Config, "rope_scaling/type", "\"longrope\"", "longrope")]
    [InlineData(Config, "rope_scaling/mrope_section", "[4]", "mrope_section")]
    [InlineData(Config, "rope_scaling/mrope_section", "[8, 8, 8]", "mrope_section")]
    [InlineData(Config, "rope_scaling/mrope_section", "[-1, 2, 3]", "mrope_section")]
    [InlineData(Config, "rope_scaling/mrope_interleaved", "true", "mrope_interleaved")]
    [InlineData(Config, "layer_types", "[\"full_attention\"]", "layer_types")]
    [InlineData(Config, "layer_types", "[\"full_attention\", \"linear_attention\"]", "layer_types")]
    [InlineData(Config, "layer_types", "[\"full_attention\", \"sliding_attention\"]", "layer_types")]
    [InlineData(Config, "tie_word_embeddings", "\"yes\"", "tie_word_embeddings")]
    [InlineData(Config, "image_token_id", "100000", "image_token_id")]
    [InlineData(Config, "image_token_id", "-1", "image_token_id")]
    [InlineData(Config, "image_token_id", "260", "image_token_id")]
    [InlineData(Config, "audio_token_id", "\"x\"", "audio_token_id")]
    [InlineData(Config, "vision_config", "3", "vision_config")]
    [InlineData(Config, "vision_config/patch_size", "0", "vision_config.patch_size")]
    [InlineData(Config, "vision_config/spatial_merge_size", "0", "vision_config.spatial_merge_size")]
    [InlineData(Config, "vision_config/temporal_patch_size", "-2", "vision_config.temporal_patch_size")]
    [InlineData(Config, "vision_config/num_heads", "0", "vision_config.num_heads")]
    [InlineData(Config, "vision_config/num_heads", "3", "heads")]
    [InlineData(Config, "vision_config/window_size", "100", "window_size")]
    [InlineData(Config, "vision_config/rope_parameters", "{\"rope_type\": \"yarn\", \"factor\": 4}", "yarn")]
    [InlineData(Config, "rope_scaling/type", "\"linear\"", "rope_scaling.factor is missing")]
    [InlineData(Config, "rope_parameters", "{\"rope_type\": \"default\"}", "rope_parameters and rope_scaling are both")]
    [InlineData(Config, "vision_config/fullatt_block_indexes", "[7]", "fullatt_block_indexes")]
    [InlineData(Config, "vision_config/fullatt_block_indexes", "[\"a\"]", "fullatt_block_indexes")]
    [InlineData(Config, "vision_config/tokens_per_second", "NaN", "tokens_per_second")]
    [InlineData(Config, "vision_config/out_hidden_size", "32", "hidden_size")]
    [InlineData(Config, "vision_config/deepstack_visual_indexes", "[1]", "deepstack_visual_indexes")]
    [InlineData(Config, "final_logit_softcapping", "30.0", "final_logit_softcapping")]
    [InlineData(Config, "residual_multiplier", "0.22", "residual_multiplier")]
    [InlineData(Config, "partial_rotary_factor", "0.5", "partial_rotary_factor")]
    [InlineData(Config, "quantization_config", "[1]", "quantised")]
    [InlineData(Config, "use_qk_norm", "true", "use_qk_norm")]
    [InlineData(Config, "num_experts", "8", "num_experts")]
    [InlineData(Config, "is_causal", "false", "is_causal")]
    [InlineData(Tokens, "", "[]", Tokens)]
    [InlineData(Tokens, "model", "\"BPE\"", Tokens)]
    [InlineData(Tokens, "model/vocab", "{}", "vocabulary")]
    [InlineData(Tokens, "model/vocab/!", "-5", "the id -5")]
    [InlineData(Tokens, "model/vocab/!", "2000000000", "the id 2000000000")]
    [InlineData(Tokens, "model/vocab/!", "3", "the id 3")]
    [InlineData(Tokens, "model/vocab/!", "", "single bytes")]
    [InlineData(Tokens, "model/vocab/beyond", "5000", "rows")]
    [InlineData(Tokens, "model/byte_fallback", "true", "byte_fallback")]
    [InlineData(Tokens, "model/dropout", "0.1", "dropout")]
    [InlineData(Tokens, "model/merges", "[[\"a\"]]", Tokens)]
    [InlineData(Tokens, "model/merges", "[[\"a\", \"b\", \"c\"]]", "the merge")]
    [InlineData(Tokens, "model/merges", "[5]", "the merge 5")]
    [InlineData(Tokens, "model/merges", "5", "no list of merges")]
    [InlineData(Tokens, "decoder", "{\"type\": \"Metaspace\"}", "the decoder")]
    [InlineData(Tokens, "model/ignore_merges", "5", "model.ignore_merges must be true or false but is 5")]
    [InlineData(Tokens, "added_tokens", "5", "added_tokens must be a list")]
    [InlineData(Tokens, "added_tokens/0/id", "1.5", "no id")]
    [InlineData(Tokens, "added_tokens/0/content", "5", "without content")]
    [InlineData(Tokens, "added_tokens/0/id", "3", "the id 3 to both")]
    [InlineData(Tokens, "added_tokens/0/content", "\"!\"", "the ids")]
    [InlineData(Tokens, "added_tokens/0/id", "-1", "the id -1")]
    [InlineData(Tokens, "added_tokens/0/content", "\"\"", "without content")]
    [InlineData(Tokens, "added_tokens/0/id", "100000", "rows")]
    [InlineData(Tokens, "pre_tokenizer", "\"ByteLevel\"", Tokens)]
    [InlineData(TokenConfig, "chat_template", "5", "chat_template")]
    [InlineData(TokenConfig, "chat_template", "[{\"name\": \"default\", \"template\": 5}]", "chat_template")]
    [InlineData(TokenConfig, "chat_template", "\"{% for %}\"", TokenConfig)]
    [InlineData(TokenConfig, "chat_template", "\"Hello!\"", "leaves out what the user says")]
    [InlineData(TokenConfig, "chat_template", "\"{{ raise_exception('no') }}\"", "line 1: no")]
    [InlineData(TokenConfig, "eos_token", "[1]", TokenConfig)]
    [InlineData(TokenConfig, "eos_token", "5", "eos_token")]
    [InlineData(TokenConfig, "add_prefix_space", "true", "add_prefix_space")]
    [InlineData(TokenConfig, "split_special_tokens", "true", "split_special_tokens")]
    [InlineData(TokenConfig, "padding_side", "\"middle\"", "padding_side")]
    [InlineData(Generation, "eos_token_id", "5000", "eos_token_id")]
    [InlineData(Generation, "eos_token_id", "[1, -2]", "eos_token_id")]
    [InlineData(Generation, "eos_token_id", "\"<end>\"", "eos_token_id")]
    [InlineData(Generation, "temperature", "NaN", "temperature")]
    [InlineData(Generation, "top_p", "1.5", "top_p")]
    [InlineData(Generation, "repetition_penalty", "0", "repetition_penalty")]
    [InlineData(Pictures, "", "{", Pictures)]
    [InlineData(Pictures, "patch_size", "0", Pictures)]
    [InlineData(Pictures, "patch_size", "16", "config.json")]
    [InlineData(Pictures, "patch_size", "14.4", "patch_size must be a whole number but is 14.4")]
    [InlineData(Pictures, "image_mean", "0.5", "image_mean must be a list of numbers but is 0.5")]
    [InlineData(Pictures, "size", "224", "size must be an object but is 224")]
    [InlineData(Pictures, "size", "{\"height\": 224, \"width\": 224}", "size has height")]
    [InlineData(Pictures, "do_resize", "0", "do_resize must be true or false but is 0")]
    [InlineData(Card, "", "{\"template\": \"r1-pairwise\", \"position-rule\": \"none\"}", "position-rule none")]
    [InlineData(Card, "", "{\"template\": \"r1-pairwise\", \"media\": {\"colours\": \"pink\"}}", "colours pink")]
    [InlineData(Pictures, "image_mean", "[NaN, 0, 0]", "image_mean")]
    [InlineData(Pictures, "rescale_factor", "0", "rescale_factor")]
    [InlineData(Pictures, "do_center_crop", "true", "do_center_crop")]
    [InlineData(Pictures, "image_processor_type", "\"CLIPImageProcessor\"", "CLIPImageProcessor")]
    [InlineData(AdapterConfig, "r", "-2", "r must be")]
    [InlineData(AdapterConfig, "r", "4", "does not fit")]
    [InlineData(AdapterConfig, "init_lora_weights", "\"pissa\"", "pissa")]
    [InlineData(AdapterConfig, "target_modules", "[\"embed_tokens\"]", "embed_tokens")]
    [InlineData(AdapterConfig, "target_modules", "[5]", "target_modules must be a list of module names")]
    [InlineData(AdapterConfig, "modules_to_save", "\"lm_head\"", "modules_to_save must be a list of module names")]
    [InlineData(AdapterConfig, "rank_pattern", "[1]", "rank_pattern")]
    [InlineData(AdapterConfig, "rank_pattern", "{\"q_proj\": 2.4}", "rank_pattern.q_proj must be a whole number")]
    [InlineData(AdapterConfig, "alpha_pattern", "{\"q_proj\": null}", "alpha_pattern.q_proj must be a finite number")]
    [InlineData(AdapterConfig, "r", "1.6", "r must be a whole number")]
    [InlineData(AdapterConfig, "r", "\"2\"", "r must be a whole number")]
    [InlineData(AdapterConfig, "lora_alpha", "true", "lora_alpha must be a finite number but is true")]
    [InlineData(AdapterConfig, "lora_alpha", "\"x\"", "lora_alpha must be a finite number")]
    [InlineData(AdapterConfig, "use_rslora", "1", "use_rslora must be true or false")]
    [InlineData(AdapterConfig, "lora_dropout", "1", "lora_dropout must be from 0 to below 1")]
    public async Task A_broken_setting_is_named(string file, string keys, string value, string named)
    {
        TinyCheckpoint.SetJson(_folder.Path, file, keys, value);
        await RefusedAsync(named);
    }

    [Fact]
    public void An_adapter_of_a_model_with_an_impossible_name_is_told()
    {
        TinyCheckpoint.SetJson(_folder.Path, AdapterConfig, "base_model_name_or_path", "\"a\\u0000b\"");
        var error = Assert.Throws<UserErrorException>(() => PolicyFolder.BaseOf(_folder.At("adapter")));
        Assert.Contains("is no model folder here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_after_a_tokenizer_is_named()
    {
        File.AppendAllText(_folder.At(Tokens), "{}");
        await RefusedAsync("Additional text");
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/elsewhere/model.safetensors")]
    [InlineData(".")]
    public async Task A_shard_outside_the_folder_is_not_read(string shard)
    {
        File.Move(_folder.At("model.safetensors"), _folder.At("shard.safetensors"));
        var map = new JObject { ["model.norm.weight"] = shard };
        File.WriteAllText(_folder.At("model.safetensors.index.json"), new JObject { ["weight_map"] = map }.ToString());
        await RefusedAsync("no file of this folder");
    }

    [Theory]
    [InlineData("overlap", "overlaps")]
    [InlineData("gap", "belong to no tensor")]
    [InlineData("trailing", "belong to no tensor")]
    [InlineData("fraction", "whole numbers")]
    [InlineData("negative", "whole numbers")]
    [InlineData("huge shape", "bytes")]
    [InlineData("no shape", "no shape")]
    [InlineData("no offsets", "data_offsets")]
    [InlineData("unknown format", "F8_E4M3")]
    [InlineData("integers", "no weights")]
    [InlineData("no object", "is no object")]
    [InlineData("empty", "is missing")]
    [InlineData("metadata", "__metadata__ is no object of texts")]
    [InlineData("cut", "cut off")]
    public async Task Broken_weights_are_named(string damage, string named)
    {
        Damage(_folder.At("model.safetensors"), damage);
        await RefusedAsync(named);
    }

    [Theory]
    [InlineData("integers", "no weights")]
    [InlineData("trailing", "belong to no tensor")]
    [InlineData("empty", "is missing")]
    public async Task Broken_weights_of_an_adapter_are_named(string damage, string named)
    {
        Damage(_folder.At("adapter", "adapter_model.safetensors"), damage);
        await RefusedAsync(named);
    }

    [Theory]
    [InlineData(Config)]
    [InlineData("model.safetensors")]
    [InlineData(Tokens)]
    [InlineData(TokenConfig)]
    [InlineData(Generation)]
    [InlineData(Pictures)]
    [InlineData("chat_template.jinja")]
    [InlineData(Card)]
    [InlineData(AdapterConfig)]
    public async Task A_device_in_place_of_a_file_is_not_read(string file)
    {
        File.Delete(_folder.At(file));
        File.CreateSymbolicLink(_folder.At(file), "/dev/zero");
        await RefusedAsync("a device");
    }

    private static void Damage(string path, string damage) => TinyCheckpoint.Rewrite(path, (header, content) =>
    {
        var tensors = header.Properties().Where(property => property.Name != "__metadata__").ToList();
        var first = (JObject)tensors[0].Value;
        var last = (JObject)tensors[^1].Value;
        var end = (long)first["data_offsets"]![1]!;
        switch (damage)
        {
            case "overlap":
                last["data_offsets"] = new JArray(0, (long)last["data_offsets"]![1]! - (long)last["data_offsets"]![0]!);
                break;
            case "gap":
                last["data_offsets"] = new JArray(last["data_offsets"]!.Select(offset => (long)offset + 4));
                return [.. content, .. new byte[4]];
            case "trailing":
                return [.. content, .. new byte[4]];
            case "fraction":
                first["data_offsets"] = new JArray(0.5, end + 0.5);
                break;
            case "negative":
                first["shape"] = new JArray(((JArray)first["shape"]!).Select(size => -(long)size));
                break;
            case "huge shape":
                first["shape"] = new JArray(1L << 62, 1L << 62);
                break;
            case "no shape":
                first.Remove("shape");
                break;
            case "no offsets":
                first["data_offsets"] = "all";
                break;
            case "unknown format":
                first["dtype"] = "F8_E4M3";
                break;
            case "integers":
                first["dtype"] = "I32";
                break;
            case "no object":
                tensors[0].Value = 5;
                break;
            case "metadata":
                header["__metadata__"] = new JObject { ["format"] = 5 };
                break;
            case "empty":
                tensors.ForEach(tensor => tensor.Remove());
                return [];
            default:
                return content[..^8];
        }

        return content;
    });

    private async Task RefusedAsync(string named)
    {
        var loading = Task.Run(() => TinyCheckpoint.Load(_folder.Path));
        var error = await Assert.ThrowsAsync<UserErrorException>(() => loading.WaitAsync(_patience));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
