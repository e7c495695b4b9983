using Newtonsoft.Json.Linq;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class ModelConfigTests
{
    [FixtureFact]
    public void Old_and_new_spellings_give_the_same_model()
    {
        var compared = 0;
        foreach (
            var legacy in Directory.GetFiles(
                Fixtures.Path("models"),
                "config.legacy.json",
                SearchOption.AllDirectories))
        {
            var json = JObject.Parse(File.ReadAllText(legacy));
            if (Skips.UnknownModel((string?)json["model_type"]) is null)
            {
                var config = ModelConfig.Load(Path.GetDirectoryName(legacy)!);
                Assert.Equivalent(
                    config with
                    {
                        Source = null,
                        Generation = new GenerationDefaults(),
                    },
                    ModelConfigReader.Parse(json, legacy) with
                    {
                        Source = null,
                    },
                    strict: true);
                compared++;
            }
        }

        Assert.True(compared > 0, "no config was compared");
    }
}
