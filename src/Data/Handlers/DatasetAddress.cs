namespace R1Reward.Data.Handlers;

/// <summary>One part of a dataset address: <c>source:path</c>.</summary>
/// <param name="Source">
/// Who reads it: a set (<c>hpdv3</c>), a format (<c>preference</c>), or a class of one's own
/// (<c>Own.LetterHandler@bin/Own.dll</c>).
/// </param>
/// <param name="Path">Its file or folder.</param>
public sealed record DatasetAddress(string Source, string Path)
{
    private const char OfAssembly = '@';

    /// <summary>Reads an address of one or more parts with commas between them.</summary>
    /// <example><c>hpdv3:data/train.json,rapidata-t2v:data/t2v.parquet</c>.</example>
    /// <exception cref="UserErrorException">A part names no source that is known, or no path.</exception>
    public static IReadOnlyList<DatasetAddress> Parse(string text) =>
        [.. Parts(text).Select(part => Known(part, text))];

    /// <summary>Whether a text is such an address rather than the path of a file.</summary>
    public static bool Matches(string text) => !System.IO.Path.Exists(text) && Parts(text).Any(part =>
        part.Source.Contains(OfAssembly, StringComparison.Ordinal)
        || (part.Source.Length > 0 && part.Source.AsSpan().IndexOfAny('/', '\\') < 0));

    /// <summary>The text with its paths made absolute: those of an address, or that of a file.</summary>
    /// <param name="text">An address or a path; empty stays empty.</param>
    /// <param name="folder">What relative paths start at.</param>
    public static string In(string folder, string text)
    {
        string Full(string path) => System.IO.Path.GetFullPath(path, folder);
        if (text.Length == 0 || !Matches(text) || System.IO.Path.Exists(Full(text)))
        {
            return text.Length == 0 ? "" : Full(text);
        }

        return string.Join(',', Parts(text).Select(part => part.Source.IndexOf(OfAssembly) is >= 0 and var at
            ? $"{part.Source[..at]}{OfAssembly}{Full(part.Source[(at + 1)..])}:{Full(part.Path)}"
            : $"{part.Source}:{Full(part.Path)}"));
    }

    /// <summary>The class and the assembly of a source of one's own; null for others.</summary>
    internal (string Class, string Assembly)? OwnClass => Source.IndexOf(OfAssembly) is > 0 and var at
        ? (Source[..at], Source[(at + 1)..])
        : null;

    private static IEnumerable<DatasetAddress> Parts(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
            part.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
                ? new DatasetAddress(part[..colon], part[(colon + 1)..])
                : new DatasetAddress("", part));

    private static DatasetAddress Known(DatasetAddress part, string text)
    {
        if (part.Source.Length == 0 || part.Path.Length == 0)
        {
            throw new UserErrorException(
                $"dataset address \"{text}\": {(part.Path.Length == 0 ? part.Source : part.Path)} is no source:path; "
                + "write for example hpdv3:data/train.json");
        }

        return part.OwnClass is not null || DatasetSources.Names.Contains(part.Source)
            ? part
            : throw new UserErrorException(
                $"dataset address \"{text}\": the source {part.Source} is not known; there are "
                + string.Join(", ", DatasetSources.Names) + ", and classes of your own as Class@assembly.dll");
    }
}
