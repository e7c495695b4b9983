using System.Collections.Immutable;
using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Formats;

/// <summary>
/// Reads the prompts of an R1-Reward data file as they stand, with their accepted answers: what a reward service knows
/// them by.
/// </summary>
public static class AnswerRows
{
    /// <summary>Reads a JSONL file, or a JSON file that holds one list.</summary>
    /// <param name="path">The file that the trainer reads, too.</param>
    /// <param name="promptField">The field with the prompt, usually <c>message</c>.</param>
    /// <exception cref="UserErrorException">The file is missing, or a row has no prompt or no list of
    /// answers.</exception>
    public static IReadOnlyList<(string Prompt, ImmutableArray<string> Answers)> Read(string path, string promptField)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path}: no such file; give the JSONL file that the trainer reads");
        }

        var rows = new List<(string, ImmutableArray<string>)>();
        foreach (var (line, row, problem) in JsonRows.Read(path))
        {
            try
            {
                var fields = row ?? throw new RowException(problem!);
                rows.Add((fields.Text(promptField), Answers(fields)));
            }
            catch (RowException error)
            {
                throw new UserErrorException($"{path}:{line}: {error.Message}", error);
            }
        }

        return rows.Count > 0
            ? rows
            : throw new UserErrorException($"{path}: the file holds no rows; write one JSON object per line");
    }

    private static ImmutableArray<string> Answers(JObject row) =>
        row.OptionalList("answer") is { Count: > 0 } list && list.All(answer => answer is JValue { Value: string })
            ? [.. list.Select(answer => (string)answer!)]
            : throw new RowException(
                "field \"answer\" is missing or no list of texts; give the accepted answers, for example "
                + "[\"<answer>1</answer>\"]");
}
