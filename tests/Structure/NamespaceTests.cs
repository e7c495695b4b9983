namespace R1Reward.Structure.Tests;

/// <summary>References between the namespaces of a project point one way (docs/design.md).</summary>
public sealed class NamespaceTests
{
    /// <summary>Cycles that docs/design.md defends, by project. None today.</summary>
    private static readonly Dictionary<string, string[]> Defended = [];

    [Theory]
    [InlineData("R1Reward.Data")]
    [InlineData("R1Reward.Rewards")]
    [InlineData("R1Reward.Policy")]
    [InlineData("R1Reward.Rollout")]
    [InlineData("R1Reward.Actors")]
    [InlineData("r1reward")]
    public void No_two_namespaces_of_a_project_use_each_other(string assembly)
    {
        var defended = Defended.GetValueOrDefault(assembly, []);
        var cycles = NamespaceGraph.Read(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")).Cycles()
            .Select(cycle => cycle.Except(defended))
            .Where(cycle => cycle.Any())
            .Select(cycle => string.Join('\n', cycle))
            .ToList();

        Assert.True(cycles.Count == 0, string.Join("\n\n", cycles));
    }

    [Fact]
    public void A_cycle_is_found()
    {
        var graph = NamespaceGraph.Read(typeof(NamespaceTests).Assembly.Location);

        var cycle = Assert.Single(graph.Cycles());
        Assert.Equal(2, cycle.Count);
        Assert.StartsWith("R1Reward.Structure.Tests.Cyclic.First -> ", cycle[0], StringComparison.Ordinal);
        Assert.StartsWith("R1Reward.Structure.Tests.Cyclic.Second -> ", cycle[1], StringComparison.Ordinal);
    }
}
