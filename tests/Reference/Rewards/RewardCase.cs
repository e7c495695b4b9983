using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests.Rewards;

/// <summary>The JSON of one rl-and-rewards case with its tolerance.</summary>
internal sealed class RewardCase
{
    private readonly JObject _json;

    public RewardCase(string name) =>
        _json = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json")));

    public JToken this[string field] =>
        _json[field] ?? throw new KeyNotFoundException($"{_json["case"]} has no {field}");

    /// <summary>The rows of a list, of which there is at least one.</summary>
    public IReadOnlyList<JToken> Rows(string list = "rows") =>
        this[list].ToList() is { Count: > 0 } rows
            ? rows
            : throw new InvalidOperationException($"{_json["case"]}: {list} is empty");

    public void Equal(JToken expected, double actual, object what)
    {
        var (value, tolerance) = ((double)expected, _json["tolerance"]);
        var allowed = ((double?)tolerance?["abs"] ?? 0) + (((double?)tolerance?["rel"] ?? 0) * Math.Abs(value));
        Assert.True(
            Math.Abs(value - actual) <= allowed, $"{what}: expected {value:R}, got {actual:R}, allowed {allowed:R}");
    }
}
