using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Configuration.Settings;

public sealed class LoraSettingsTests
{
    [Fact]
    public void Without_the_switch_all_weights_are_trained() => Assert.Null(Read("rank = 4"));

    [Fact]
    public void Every_setting_of_an_adapter_is_read()
    {
        var lora = Read("""
            enabled = on, rank = 4, alpha = 8, rslora = on, dropout = 0.05
            target-modules = [q_proj, v_proj], exclude-modules = [layers.0.self_attn.q_proj]
            rank-pattern = ["layers.1.*=2"], alpha-pattern = ["a=b=20.5"], modules-to-save = [lm_head], bias = lora-only
            """)!;
        Assert.Equal(
            (4, 8.0, true, 0.05, LoraBias.LoraOnly),
            (lora.Rank, lora.Alpha, lora.IsRankStabilized, lora.Dropout, lora.Bias));
        Assert.Equal(["q_proj", "v_proj"], lora.Targets.Names);
        Assert.Equal(["layers.0.self_attn.q_proj"], lora.Excluded!.Names);
        Assert.Equal([("layers.1.*", 2)], lora.RankPattern);
        Assert.Equal([("a=b", 20.5)], lora.AlphaPattern);
        Assert.Equal(["lm_head"], lora.ModulesToSave);
    }

    [Fact]
    public void Targets_are_a_list_a_pattern_or_all_linear_layers()
    {
        Assert.True(Read("enabled = on")!.Targets.IsAllLinear);
        Assert.Equal(
            @".*\.layers\.[01]\..*_proj",
            Read("""enabled = on, target-modules = ".*\\.layers\\.[01]\\..*_proj" """)!.Targets.Pattern);
    }

    [Theory]
    [InlineData("rank = 0", "lora.rank = 0: write a whole number")]
    [InlineData("target-modules = \"(\"", "lora.target-modules = (: ")]
    [InlineData("rank-pattern = [q_proj]", "q_proj: write \"REGEX=NUMBER\"")]
    [InlineData("bias = some", "none, lora-only, all")]
    public void Mistakes_are_named(string text, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static LoraConfig? Read(string text)
    {
        using var folder = new TempFolder();
        return RunSettings.Read(
            Configurations.Load(
                folder.Write("lora.conf", $"r1reward.model.lora {{ {text}\n }}"), [], _ => null).Reader()).Model.Lora;
    }
}
