using System.Collections.Immutable;

namespace R1Reward.Data.Formats;

/// <summary>
/// Reads the prompts of a data file as they stand, with their accepted answers: what a reward service knows them by.
/// The rows are R1-Reward's, or prompts with right answers as LightRFT takes them (<see cref="PromptRecord"/>).
/// </summary>
public static class AnswerRows
{
    /// <summary>Reads all rows of a file.</summary>
    /// <param name="path">The file that the trainer reads, too.</param>
    /// <param name="promptField">The field with the prompt, usually <c>message</c>.</param>
    /// <exception cref="UserErrorException">
    /// The file is missing, or a row has no prompt or no answer.
    /// </exception>
    public static IReadOnlyList<(string Prompt, ImmutableArray<string> Answers)> Read(string path, string promptField)
    {
        var options = new PromptRecordOptions { PromptField = promptField };
        var rows = new List<(string, ImmutableArray<string>)>();
        foreach (var row in RowFiles.Read(path))
        {
            try
            {
                var record = PromptRecord.Read(row.Fields ?? throw new RowException(row.Problem!), options);
                ImmutableArray<string> answers = [.. record.Answers.Where(answer => answer.Length > 0)];
                rows.Add((record.Prompt, answers.Length > 0 ? answers : throw Missing()));
            }
            catch (RowException error)
            {
                throw new UserErrorException($"{row.Place}: {error.Message}", error);
            }
        }

        return rows.Count > 0
            ? rows
            : throw new UserErrorException($"{path}: the file {PlainFile.NoRows(path)}");
    }

    private static RowException Missing() => new(
        "field \"answer\" is missing or empty; give the accepted answers, for example [\"<answer>1</answer>\"]");
}
