using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests;

/// <summary>The JSON of one rl-and-rewards fixture case.</summary>
internal static class FixtureCase
{
    public static JObject Load(string name) => JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json")));
}
