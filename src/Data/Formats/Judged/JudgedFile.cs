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
    /// <summary>Reads files, JSON lines or one JSON document each: the chunks of an evaluation, for example.</summary>
    /// <param name="paths">The files, in order.</param>
    /// <param name="suite">The suite whose categories and pairs the rows belong to.</param>
    /// <returns>
    /// The results of each judge in the order of the files; a judge that no row names has the name "".
    /// </returns>
    /// <exception cref="UserErrorException">
    /// A file is missing, empty or there twice, a pair is in two of them, or a row is of no known layout.
    /// </exception>
    public static IReadOnlyList<(string Judge, IReadOnlyList<PairResult> Results)> Read(
        IReadOnlyList<string> paths, string suite)
    {
        if (paths.GroupBy(Path.GetFullPath).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
        {
            throw new UserErrorException($"{twice}: named twice; name each file once");
        }

        var judges = new List<(string Judge, List<PairResult> Results)>();
        var known = new HashSet<(string Judge, string Id)>();
        foreach (var (index, (place, row)) in paths.SelectMany(path => Rows(path, suite)).Index())
        {
            var judge = (string?)row["judge"] ?? "";
            if (judges.Find(known => known.Judge == judge).Results is not { } results)
            {
                judges.Add((judge, results = []));
            }

            try
            {
                foreach (var result in JudgedRow.Read(row, index, suite))
                {
                    results.Add(known.Add((judge, result.Id)) ? result : throw new RowException(
                        $"the pair {result.Id} is judged twice; name files that have no pairs in common"));
                }
            }
            catch (Exception wrong) when (wrong is RowException or JsonException or FormatException
                or ArgumentException or InvalidCastException)
            {
                throw new UserErrorException($"{place}: {wrong.Message.Split('\n')[0]}", wrong);
            }
        }

        return [.. judges.Select(judge => (judge.Judge, (IReadOnlyList<PairResult>)judge.Results))];
    }

    private static IEnumerable<(string Place, JObject Row)> Rows(string path, string suite)
    {
        var isEmpty = true;
        foreach (var row in Rows(path))
        {
            isEmpty = false;
            yield return row;
        }

        if (isEmpty)
        {
            throw new UserErrorException($"{path}: the file holds no rows; give the judged rows of {suite}");
        }
    }

    private static IEnumerable<(string Place, JObject Row)> Rows(string path)
    {
        RegularFile.Require(path, RegularFile.MaxTextBytes);
        if (Document(path) is { } document)
        {
            foreach (var (index, row) in InDocument(path, document).Index())
            {
                yield return ($"{path}: row {index + 1}", row);
            }

            yield break;
        }

        foreach (var (line, row, problem) in JsonRows.Read(path))
        {
            yield return row is not null
                ? ($"{path}:{line}", row)
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
