using System.Text.RegularExpressions;
using R1Reward.Tests.Support;

namespace R1Reward.Structure.Tests;

/// <summary>docs/extending.md shows the examples that the tests compile, and no others.</summary>
public sealed partial class ExtendingDocTests
{
    [Fact]
    public void Every_example_is_the_file_named_above_it()
    {
        var page = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "extending.md"));
        var examples = Example().Matches(page);

        Assert.Equal(13, examples.Count);
        Assert.Equal(examples.Count, Regex.Count(page, "^```(csharp|xml)", RegexOptions.Multiline));
        Assert.All(examples, example =>
        {
            var file = Path.Combine(Fixtures.Repository, example.Groups["file"].Value);
            Assert.Equal(File.ReadAllText(file).Trim(), example.Groups["code"].Value.Trim());
        });
    }

    [GeneratedRegex(
        @"^`(?<file>\S+\.(cs|csproj))`:\n\n```(csharp|xml)\n(?<code>.*?)^```",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Example();
}
