using System.Text.RegularExpressions;
using R1Reward.Tests.Support;

namespace R1Reward.Structure.Tests;

/// <summary>docs/configuration.md names every environment variable of the program and its script.</summary>
public sealed partial class EnvironmentTests
{
    [Fact]
    public void Every_environment_variable_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "configuration.md"));
        var files = Directory
            .EnumerateFiles(Path.Combine(Fixtures.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Append(Path.Combine(Fixtures.Repository, "r1"));
        var read = files
            .SelectMany(file => Variable().Matches(File.ReadAllText(file)))
            .Select(match => match.Value)
            .ToHashSet();

        Assert.Superset(new HashSet<string> { "R1_RUN_NAME", "R1_TORCH" }, read);
        Assert.All(read, variable => Assert.Contains($"`{variable}`", page, StringComparison.Ordinal));
    }

    [GeneratedRegex("R1_[A-Z_]+")]
    private static partial Regex Variable();
}
