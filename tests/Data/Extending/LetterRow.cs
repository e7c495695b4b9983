using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Extending;

/// <summary>Rows of <c>prompt</c>, <c>A</c>, <c>B</c> and <c>winner</c>, which is A or B.</summary>
internal static class LetterRow
{
    public static PreferencePair Read(JObject row, int index) => new()
    {
        Id = new PairId($"letters-{index:D6}"),
        Question = row.Text("prompt"),
        Response1 = row.Text("A"),
        Response2 = row.Text("B"),
        Label = row.Text("winner") switch
        {
            "A" => PreferenceLabel.First,
            "B" => PreferenceLabel.Second,
            var other => throw new RowException($"field \"winner\" is \"{other}\"; give A or B"),
        },
    };
}
