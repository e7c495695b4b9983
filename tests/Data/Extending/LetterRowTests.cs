using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Extending;

public sealed class LetterRowTests
{
    [Fact]
    public void The_example_format_reads_its_rows()
    {
        var pair = LetterRow.Read(JObject.Parse("""{"prompt":"q","A":"one","B":"two","winner":"B"}"""), 7);

        Assert.Equal(("letters-000007", "one", PreferenceLabel.Second), (pair.Id.Value, pair.Response1, pair.Label));
    }

    [Fact]
    public void The_example_format_refuses_a_row_by_the_name_of_its_field() => Assert.Contains(
        "field \"winner\" is \"C\"",
        Assert.Throws<RowException>(() =>
            LetterRow.Read(JObject.Parse("""{"prompt":"q","A":"one","B":"two","winner":"C"}"""), 0)).Message);
}
