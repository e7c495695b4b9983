using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Files;
using R1Reward.Data.Text;

namespace R1Reward.Data.Formats.Judged;

/// <summary>
/// Reads what was found out about each pair of a suite: the lines that <c>eval --save</c> writes, and the outputs of
/// the published evaluators (JudgeBench, RewardBench 2, RM-Bench, R1-Reward, MM-Reward).
/// </summary>
public static class JudgedFile
{
    /// <summary>Reads a file, JSON lines or one JSON document.</summary>
    /// <param name="path">The file.</param>
    /// <param name="suite">The suite whose categories and pairs the rows belong to.</param>
    /// <returns>
    /// The results of each judge in the order of the file; a file of one judge that does not name it has the name "".
    /// </returns>
    /// <exception cref="UserErrorException">The file is missing or empty, or a row is of no known layout.</exception>
    public static IReadOnlyList<(string Judge, IReadOnlyList<PairResult> Results)> Read(string path, string suite)
    {
        var judges = new List<(string Judge, List<PairResult> Results)>();
        foreach (var (place, row, index) in Rows(path))
        {
            var judge = (string?)row["judge"] ?? "";
            if (judges.Find(known => known.Judge == judge).Results is not { } results)
            {
                judges.Add((judge, results = []));
            }

            try
            {
                results.AddRange(JudgedRow.Read(row, index, suite));
            }
            catch (Exception wrong) when (wrong is RowException or JsonException or FormatException
                or ArgumentException or InvalidCastException)
            {
                throw new UserErrorException($"{place}: {wrong.Message.Split('\n')[0]}", wrong);
            }
        }

        return judges.Count > 0
            ? [.. judges.Select(judge => (judge.Judge, (IReadOnlyList<PairResult>)judge.Results))]
            : throw new UserErrorException($"{path}: the file holds no rows; give the judged rows of {suite}");
    }

    private static IEnumerable<(string Place, JObject Row, int Index)> Rows(string path)
    {
        RegularFile.Require(path, RegularFile.MaxTextBytes);
        if (Document(path) is { } document)
        {
            foreach (var (index, row) in InDocument(path, document).Index())
            {
                yield return ($"{path}: row {index + 1}", row, index);
            }

            yield break;
        }

        foreach (var (index, (line, row, problem)) in JsonRows.Read(path).Index())
        {
            yield return row is not null
                ? ($"{path}:{line}", row, index)
                : throw new UserErrorException($"{path}:{line}: {problem}");
        }
    }

    // A file whose first line is no object by itself may be one document.
    private static JObject? Document(string path)
    {
        var first = File.ReadLines(path).FirstOrDefault(line => !string.IsNullOrWhiteSpace(line)) ?? "";
        if (!first.TrimStart().StartsWith('{'))
        {
            return null;
        }

        try
        {
            var whole = JsonText.Parse(first) as JObject;
            return whole?["details"] is JArray || whole?["subset"] is JArray ? whole : null;
        }
        catch (JsonException)
        {
            return Whole(path);
        }
    }

    private static JObject? Whole(string path)
    {
        try
        {
            return JsonText.Parse(RegularFile.ReadText(path)) as JObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<JObject> InDocument(string path, JObject document)
    {
        if (document["details"] is JArray details)
        {
            return details.OfType<JObject>();
        }

        // RewardBench 2 publishes columns.
        string[] columns = ["id", "subset", "scores", "num_correct"];
        return columns.All(column => document[column] is JArray)
            ? Enumerable.Range(0, columns.Min(column => ((JArray)document[column]!).Count)).Select(row => new JObject(
                columns.Select(column => new JProperty(column, document[column]![row]))))
            : throw new UserErrorException(
                $"{path}: a JSON object without details or columns id, subset, scores and num_correct; give the "
                + "judged rows of a suite");
    }
}
