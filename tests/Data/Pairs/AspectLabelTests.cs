using Newtonsoft.Json;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Pairs;

public sealed class AspectLabelTests : IDisposable
{
    private const string Row =
        """{"question":"q","response1":"a","response2":"b","label":"first","aspect_labels":{"safety":"second"}}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_head_learns_its_own_label_also_with_the_candidates_exchanged()
    {
        var pair = Assert.Single(PairReader.Read(_folder.Write("rows.jsonl", Row)).Pairs);
        PreferenceLabel?[] Labels(PreferencePair one) =>
            [one.LabelOf("preference"), one.LabelOf("safety"), one.LabelOf("style")];
        Assert.Equal([PreferenceLabel.First, PreferenceLabel.Second, null], Labels(pair));
        Assert.Equal([PreferenceLabel.Second, PreferenceLabel.First, null], Labels(pair.Swapped()));
        Assert.Equal("""{"safety":"second"}""", PairRow.Write(pair)["aspect_labels"]!.ToString(Formatting.None));
    }

    [Theory]
    [InlineData("\"second\"", "is a string")]
    [InlineData("{\"safety\":\"best\"}", "aspect_labels.safety")]
    [InlineData("{\"safety\":null}", "is null")]
    public void A_wrong_aspect_is_named(string labels, string expected)
    {
        var path = _folder.Write("rows.jsonl", Row.Replace("""{"safety":"second"}""", labels));
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => PairReader.Read(path)).Message);
    }
}
