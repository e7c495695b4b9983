using System.Text.RegularExpressions;

namespace R1Reward.Data.Validation;

/// <summary>Something that is wrong in a data set.</summary>
/// <param name="Kind">
/// <c>row</c>, <c>media</c>, <c>duplicate-id</c>, <c>split-leak</c> or <c>file</c>.
/// </param>
/// <param name="Place">Where: file and line, or file, row group and row.</param>
/// <param name="Message">The field and what is wrong with it.</param>
public sealed partial record DataProblem(string Kind, string Place, string Message)
{
    /// <summary>
    /// The field of a wrong row, as messages about rows write it: <c>field "label" is "x"</c>. Null where it is not one
    /// field's, or another kind of problem.
    /// </summary>
    public string? Field => Kind == "row" && Named().Match(Message) is { Success: true } named
        ? named.Groups[1].Value
        : null;

    [GeneratedRegex("^[\\w ]*\"([^\"]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}
