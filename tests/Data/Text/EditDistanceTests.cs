using R1Reward.Data.Text;

namespace R1Reward.Data.Tests.Text;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("steps", "steps", 0)]
    [InlineData("ab", "ba", 2)]
    public void It_counts_the_fewest_insertions_deletions_and_replacements(string a, string b, int edits)
    {
        Assert.Equal(edits, EditDistance.Between(a, b));
        Assert.Equal(edits, EditDistance.Between(b, a));
    }
}
