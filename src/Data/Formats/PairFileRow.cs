using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>A row of a file of pairs as read.</summary>
/// <param name="Place">Where it stands: file and line, or file, row group and row.</param>
/// <param name="Format">The format that it and the rows before it were read as.</param>
/// <param name="Pairs">Its pairs; none where it cannot be read.</param>
/// <param name="Ignored">Names of fields that say something and that nothing here reads.</param>
/// <param name="Problem">The field that is wrong and what it should hold; null where none is.</param>
public sealed record PairFileRow(
    string Place,
    PairFormat Format,
    IReadOnlyList<PreferencePair> Pairs,
    IReadOnlyList<string> Ignored,
    string? Problem)
{
    /// <summary>Its fields as the file has them; null where a handler made the pairs, or it cannot be read.</summary>
    public JObject? Fields { get; init; }
}
