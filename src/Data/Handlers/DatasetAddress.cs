namespace R1Reward.Data.Handlers;

/// <summary>One part of a dataset address: <c>source:path</c>.</summary>
/// <param name="Handler">Reads the set.</param>
/// <param name="Path">Its file or folder.</param>
public sealed record DatasetAddress(IDatasetHandler Handler, string Path)
{
    /// <summary>Reads an address of one or more parts with commas between them.</summary>
    /// <example><c>hpdv3:data/train.json,rapidata-t2v:data/t2v.parquet</c>.</example>
    /// <exception cref="UserErrorException">A part names no source that is known, or no path.</exception>
    public static IReadOnlyList<DatasetAddress> Parse(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
            part.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && colon + 1 < part.Length
                ? new DatasetAddress(HandlerOf(part[..colon], part), part[(colon + 1)..])
                : throw new UserErrorException(
                    $"dataset address \"{part}\": write source:path, for example hpdv3:data/train.json")),
    ];

    /// <summary>Whether a text is such an address rather than the path of a file.</summary>
    public static bool Matches(string text) => text.Split(',', StringSplitOptions.TrimEntries).All(part =>
        part.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        && DatasetHandlers.Find(part[..colon]) is not null);

    private static IDatasetHandler HandlerOf(string source, string part) => DatasetHandlers.Find(source)
        ?? throw new UserErrorException(
            $"dataset address \"{part}\": the source {source} is not known; there are "
            + string.Join(", ", DatasetHandlers.All.Select(handler => handler.Source)));
}
