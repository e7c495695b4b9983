using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Models;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Models;

public sealed class ModelConfigTests
{
    [FixtureFact]
    public void Old_and_new_spellings_give_the_same_model()
    {
        var compared = 0;
        foreach (var legacy in Directory.GetFiles(Fixtures.Path("models"), "config.legacy.json", SearchOption.AllDirectories))
        {
            var folder = Path.GetDirectoryName(legacy)!;
            ModelConfig config;
            try
            {
                config = ModelConfig.Load(folder);
            }
            catch (UserErrorException)
            {
                continue;
            }

            Assert.Equal(config with { Source = null }, ModelConfig.Parse(JObject.Parse(File.ReadAllText(legacy)), legacy) with { Source = null });
            compared++;
        }

        Assert.True(compared > 0, "no config was compared");
    }

    [Theory]
    [InlineData("model_type", "'gpt2'", "gpt2")]
    [InlineData("hidden_size", "'wide'", "hidden_size")]
    [InlineData("num_key_value_heads", "3", "multiple")]
    [InlineData("use_sliding_window", "true", "use_sliding_window")]
    [InlineData("rope_scaling", "{ 'type': 'yarn', 'factor': 4 }", "yarn")]
    public void What_it_cannot_compute_is_refused_by_name(string key, string value, string named)
    {
        var json = Some.Config.ToJson();
        json[key] = JToken.Parse(value);
        var error = Assert.Throws<UserErrorException>(() => ModelConfig.Parse(json, "here/config.json"));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("here/config.json: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_it_does_not_use_survive_a_round_trip()
    {
        var json = Some.Config.ToJson();
        json["eos_token_id"] = 7;
        Assert.Equal(7, (int)ModelConfig.Parse(json, "config.json").ToJson()["eos_token_id"]!);
    }
}
