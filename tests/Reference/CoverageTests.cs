using System.Reflection;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests;

/// <summary>No published case is passed over in silence: each has a test, or is skipped by name.</summary>
public sealed class CoverageTests
{
    [ReferenceTheory("rl-and-rewards", "flow_samplers", "flow_group_ids")]
    public void Later(string name) => Assert.Null(Skips.Reason("rl-and-rewards", name));

    [FixtureFact]
    public void Every_case_has_a_test()
    {
        var claims = typeof(CoverageTests).Assembly.GetTypes()
            .SelectMany(
                type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<ReferenceTheoryAttribute>())
            .OfType<ReferenceTheoryAttribute>()
            .ToLookup(claim => claim.Section, claim => claim.Patterns);
        Assert.Empty(ReferenceCases.Sections.SelectMany(section => ReferenceCases.In(section)
            .Where(name => !claims[section].Any(patterns => ReferenceCases.Matches(name, patterns)))
            .Select(name => section + "/" + name)));
    }
}
