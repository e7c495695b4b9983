using System.Reflection;
using PublicApiGenerator;
using R1Reward.Tests.Support;

namespace R1Reward.Structure.Tests;

/// <summary>
/// What the libraries show to programs that use them is approved as text, so that a review sees each change of it.
/// </summary>
public sealed class PublicSurfaceTests
{
    private const string ApproveVariable = "R1_APPROVE";

    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    [Theory]
    [InlineData("R1Reward.Data")]
    [InlineData("R1Reward.Rewards")]
    [InlineData("R1Reward.Policy")]
    [InlineData("R1Reward.Rollout")]
    public void The_public_surface_is_the_approved_one(string assembly)
    {
        var file = Path.Combine(Fixtures.Repository, "tests", "Structure", "Api", assembly + ".txt");
        var surface = Assembly.Load(assembly).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            File.WriteAllText(file, surface);
        }

        var approved = File.ReadAllText(file);

        Assert.True(
            surface == approved,
            $"The public surface of {assembly} differs from tests/Structure/Api/{assembly}.txt:\n"
            + $"{string.Join('\n', LineDifference.Between(approved, surface))}\n"
            + $"If that is meant, run `{ApproveVariable}=1 ./r1 test --filter FullyQualifiedName~PublicSurface` and "
            + "commit the file.");
    }

    [Fact]
    public void A_difference_names_the_lines_that_went_and_came_with_what_they_stand_under()
    {
        const string before = "namespace N\n{\n    class A\n    {\n        int X;\n        int Y;\n    }\n}";
        const string after = "namespace N\n{\n    class A\n    {\n        int X;\n        long Y;\n    }\n}";

        Assert.Equal(
            ["- namespace N / class A / int Y;", "+ namespace N / class A / long Y;"],
            LineDifference.Between(before, after));
    }
}
