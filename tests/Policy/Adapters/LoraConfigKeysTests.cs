using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Models;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Adapters;

public sealed class LoraConfigKeysTests
{
    [Theory]
    [InlineData("init_lora_weights", "\"pissa\"")]
    [InlineData("init_lora_weights", "\"pissa_niter_16\"")]
    [InlineData("init_lora_weights", "\"olora\"")]
    [InlineData("init_lora_weights", "\"corda\"")]
    [InlineData("init_lora_weights", "\"loftq\"")]
    [InlineData("init_lora_weights", "\"lora_ga\"")]
    [InlineData("init_lora_weights", "7")]
    [InlineData("use_dora", "true")]
    [InlineData("lora_bias", "true")]
    [InlineData("layer_replication", "[[0, 2], [1, 2]]")]
    [InlineData("trainable_token_indices", "[5]")]
    [InlineData("alora_invocation_tokens", "[5, 6]")]
    [InlineData("megatron_config", "{\"a\": 1}")]
    [InlineData("ensure_weight_tying", "true")]
    [InlineData("use_a_variant_of_next_year", "true")]
    [InlineData("a_variant_of_next_year", "{\"size\": 3}")]
    public void Keys_that_may_change_the_numbers_are_refused_with_file_key_and_value(string key, string value)
    {
        var message = Assert.Throws<UserErrorException>(() => Load(key, value)).Message;
        Assert.Contains("adapter_config.json", message, StringComparison.Ordinal);
        Assert.Contains($"{key}{Packed(value)}", Packed(message), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("init_lora_weights", "true")]
    [InlineData("init_lora_weights", "false")]
    [InlineData("init_lora_weights", "null")]
    [InlineData("init_lora_weights", "\"gaussian\"")]
    [InlineData("init_lora_weights", "\"eva\"")]
    [InlineData("eva_config", "{\"rho\": 2.0}")]
    [InlineData("loftq_config", "{}")]
    [InlineData("use_dora", "false")]
    [InlineData("megatron_core", "\"megatron.core\"")]
    [InlineData("qalora_group_size", "16")]
    [InlineData("lorap_emb_lr", "1e-06")]
    [InlineData("a_variant_of_next_year", "null")]
    [InlineData("a_variant_of_next_year", "[]")]
    public void Keys_that_change_nothing_are_read_over(string key, string value) =>
        Assert.Equal(2, Load(key, value).Rank);

    [Theory]
    [InlineData("lora_alpha", "NaN", "lora_alpha must be a finite number")]
    [InlineData("lora_dropout", "1.5", "lora_dropout must be from 0 to below 1")]
    [InlineData("rank_pattern", "{\"q_proj\": 0}", "rank_pattern.q_proj must be a whole number")]
    [InlineData("alpha_pattern", "{\"q_proj\": Infinity}", "alpha_pattern.q_proj must be a finite number")]
    public void Numbers_that_an_adapter_cannot_have_are_refused(string key, string value, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<UserErrorException>(() => Load(key, value)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_rank_beyond_the_file_is_refused_before_anything_is_allocated()
    {
        using var folder = new TempFolder();
        using var model = Some.Model();
        LoraAdapter.Create(model, new LoraConfig { Rank = 2 }, 1).Save(folder.Path);
        (LoraConfig.Load(folder.Path) with { Rank = 2_000_000_000 }).Save(folder.Path);
        using var other = Some.Model();
        var message = Assert.Throws<UserErrorException>(() => LoraAdapter.Load(other, folder.Path)).Message;
        Assert.Contains("ask for [2000000000, 16]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_and_alphas_by_pattern_are_scaled_by_the_root_of_their_own_rank()
    {
        using CausalLM model = Some.Model();
        using var adapter = LoraAdapter.Create(
            model,
            new LoraConfig
            {
                Rank = 8,
                Alpha = 16,
                IsRankStabilized = true,
                Targets = new(["q_proj", "k_proj", "v_proj"]),
                RankPattern = [(@".*\.layers\.0\..*(q_proj|k_proj)$", 4)],
                AlphaPattern = [("layers.0.self_attn.q_proj", 64)],
            },
            1);

        double ScalingOf(string layer) => adapter.Scalings[$"model.layers.0.self_attn.{layer}"];
        Assert.Equal((32, 8), (ScalingOf("q_proj"), ScalingOf("k_proj")));
        Assert.Equal(16 / Math.Sqrt(8), ScalingOf("v_proj"), 1e-12);
    }

    [Theory]
    [InlineData(new[] { "q_proj", "embed_tokens" }, null)]
    [InlineData(new string[0], ".*")]
    public void An_adapter_of_the_embedding_is_refused_rather_than_read_without_it(string[] names, string? pattern)
    {
        using CausalLM model = Some.Model();
        var config = new LoraConfig { Rank = 2, Targets = new(names, pattern) };
        Assert.Contains(
            "name the embedding model.embed_tokens",
            Assert.Throws<UserErrorException>(() => LoraAdapter.Create(model, config, 1)).Message);
    }

    [Fact]
    public void A_regular_expression_that_never_ends_is_refused()
    {
        using CausalLM model = Some.Model();
        var config = new LoraConfig { Rank = 2, Targets = new([], "(([a-z0-9_.]+)+)+!") };
        var message = Assert.Throws<UserErrorException>(() => LoraAdapter.Create(model, config, 1)).Message;
        Assert.Contains("nested repetition", message, StringComparison.Ordinal);
    }

    private static string Packed(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private static LoraConfig Load(string key, string value)
    {
        using var folder = new TempFolder();
        var others = key == "lora_alpha" ? "" : "\"lora_alpha\": 4, ";
        folder.Write(
            "adapter_config.json",
            $$"""{"peft_type": "LORA", "r": 2, {{others}}"target_modules": ["q_proj"], "{{key}}": {{value}}}""");
        return LoraConfig.Load(folder.Path);
    }
}
