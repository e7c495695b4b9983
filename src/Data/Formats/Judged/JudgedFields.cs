using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats.Judged;

/// <summary>What the layouts of judged rows have in common.</summary>
internal static class JudgedFields
{
    private const string Head = "score";

    /// <summary>An id that is unique in the file: the row's place and the published one.</summary>
    public static string Id(JObject row, string field, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{index:D6}-{row[field]}");

    /// <summary>The numbers of a list; anything else is named.</summary>
    public static double[] Numbers(JObject row, string field) =>
        row[field] is JArray list && list.All(item => item.Type is JTokenType.Float or JTokenType.Integer)
            ? [.. list.Select(item => (double)item)]
            : throw new RowException($"field \"{field}\" is no list of numbers");

    /// <summary>The result of a pair with a score for each response, of which the first is preferred.</summary>
    /// <param name="row">The row.</param>
    /// <param name="index">Its place in the file.</param>
    /// <param name="part">Which of several pairs of the row it is; empty where there is one.</param>
    /// <param name="first">Score of the first response.</param>
    /// <param name="second">Score of the second one.</param>
    public static PairResult Scored(JObject row, int index, string part, double first, double second)
    {
        var id = Id(row, "id", index);
        return new PairResult
        {
            Id = part.Length == 0 ? id : $"{id}.{part}",
            OriginalId = (string?)row["id"] ?? (string?)row["ID"],
            Category = "",
            Group = id,
            Label = PreferenceLabel.First,
            Scores = new Dictionary<string, double[]> { [Head] = [first, second] },
        };
    }
}
