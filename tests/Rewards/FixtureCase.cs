using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests;

/// <summary>One case of the rl-and-rewards fixtures: its JSON, its tensors and its tolerance.</summary>
internal sealed class FixtureCase
{
    private FixtureCase(JObject json, string folder)
    {
        Json = json;
        Tensors = (string?)json["tensors"] is { } file ? TensorFile.Open(Path.Combine(folder, file)) : null!;
    }

    public JObject Json { get; }

    /// <summary>The tensors of the case; only for cases that have some.</summary>
    public TensorFile Tensors { get; }

    public static FixtureCase Load(string name) => new(
        JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json"))), Fixtures.Path("rl-and-rewards"));

    public IEnumerable<JToken> Each(string list) => Json[list]!;

    /// <summary>Rows of a float tensor in double precision.</summary>
    public double[][] Rows(string name) => [.. Tensors.Rows(name).Select(row => Array.ConvertAll(row, v => (double)v))];

    public void Equal(double expected, double actual, string what)
    {
        var allowed = ((double?)Json["tolerance"]?["abs"] ?? 0) + (((double?)Json["tolerance"]?["rel"] ?? 0) * Math.Abs(expected));
        Assert.True(Math.Abs(expected - actual) <= allowed, $"{what}: expected {expected:R}, got {actual:R}, allowed {allowed:R}");
    }

    public void Equal(IReadOnlyList<double> expected, IReadOnlyList<double> actual, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Equal(expected[i], actual[i], $"{what}[{i}]");
        }
    }

    public void Equal(IReadOnlyList<double[]> expected, IReadOnlyList<double[]> actual, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Equal(expected[i], actual[i], $"{what}[{i}]");
        }
    }
}
