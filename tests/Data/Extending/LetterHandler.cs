using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Extending;

/// <summary>Rows of <c>prompt</c>, <c>A</c>, <c>B</c> and <c>winner</c>, which is A or B.</summary>
public sealed class LetterHandler : IRowHandler
{
    /// <inheritdoc/>
    public IEnumerable<PreferencePair> Read(JObject row, int index)
    {
        yield return new PreferencePair
        {
            Id = new PairId($"letters-{index:D6}"),
            Question = Text(row, "prompt"),
            Response1 = Text(row, "A"),
            Response2 = Text(row, "B"),
            Label = Text(row, "winner") switch
            {
                "A" => PreferenceLabel.First,
                "B" => PreferenceLabel.Second,
                var other => throw new RowException($"field \"winner\" is \"{other}\"; give A or B"),
            },
        };
    }

    private static string Text(JObject row, string field) =>
        (string?)row[field] ?? throw new RowException($"field \"{field}\" is missing; give it as a string");
}
