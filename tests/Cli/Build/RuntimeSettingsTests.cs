using Newtonsoft.Json.Linq;

namespace R1Reward.Cli.Tests.Build;

/// <summary>What the program tells the run-time of .NET when it starts.</summary>
public sealed class RuntimeSettingsTests
{
    [Fact]
    public void Young_objects_take_4_MiB_on_every_processor()
    {
        var settings = JObject.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "r1reward.runtimeconfig.json")));

        Assert.Equal(4 << 20, (int?)settings.SelectToken("runtimeOptions.configProperties['System.GC.Gen0MaxBudget']"));
    }
}
