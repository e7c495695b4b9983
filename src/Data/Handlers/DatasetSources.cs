using R1Reward.Data.Formats;
using R1Reward.Data.Loading;
using R1Reward.Data.Options;

namespace R1Reward.Data.Handlers;

/// <summary>Who reads the parts of a dataset address.</summary>
internal static class DatasetSources
{
    private static readonly IReadOnlyDictionary<string, PairFormat> _formats = EnumNames.Values<PairFormat>();

    /// <summary>The names that an address may have: sets of comparisons, then formats of pairs.</summary>
    internal static IReadOnlyList<string> Names { get; } =
        [.. DatasetHandlers.All.Select(handler => handler.Source), .. _formats.Keys];

    /// <summary>The rows of a part, lazily; media with absolute paths.</summary>
    /// <exception cref="UserErrorException">There is no such file, or no such class.</exception>
    internal static IEnumerable<PairFileRow> Read(DatasetAddress part)
    {
        if (part.OwnClass is var (name, assembly))
        {
            var own = OwnClass.Load<IRowHandler>(
                Path.GetFullPath(assembly), name, new Dictionary<string, string>());
            return Placed(OwnRows.Read(own, part.Path), part.Path);
        }

        return DatasetHandlers.Find(part.Source) is { } handler
            ? ComparisonPairs.Read(handler, part.Path)
            : ReadFile(part.Path, _formats[part.Source]);
    }

    /// <summary>The rows of a file of pairs, lazily; media with absolute paths.</summary>
    internal static IEnumerable<PairFileRow> ReadFile(string path, PairFormat format) =>
        Placed(PairReader.ReadRows(path, format), path);

    private static IEnumerable<PairFileRow> Placed(IEnumerable<PairFileRow> rows, string path)
    {
        var folder = RowFiles.FolderOf(path);
        return rows.Select(row => row with { Pairs = [.. row.Pairs.Select(pair => pair.MediaIn(folder))] });
    }
}
