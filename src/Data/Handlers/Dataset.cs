using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// Reads what a user names as data: a file of pairs, a folder of Parquet files, or a dataset address of one or more
/// parts. Paths of media come out absolute.
/// </summary>
public static class Dataset
{
    /// <summary>Reads all pairs, in order; those of several parts one part after the other.</summary>
    /// <param name="name">A path, or <c>source:path[,source:path]</c>.</param>
    /// <param name="format">How to read the rows of a path; the parts of an address say it themselves.</param>
    /// <param name="skipBadRows">Leave bad rows out and report them in <see cref="PairFile.Skipped"/>.</param>
    /// <exception cref="UserErrorException">
    /// A file is missing, there are no rows, or one is bad; the message names it.
    /// </exception>
    public static PairFile Read(string name, PairFormat format = PairFormat.Auto, bool skipBadRows = false) =>
        PairFile.Collect(ReadRows(name, format), name, "", skipBadRows);

    /// <summary>
    /// Reads all without keeping the pairs: whoever then goes through them by <see cref="ReadRows"/> knows that no row
    /// is bad.
    /// </summary>
    /// <param name="name">A path or address as above.</param>
    /// <param name="format">How to read the rows of a path.</param>
    /// <returns>What <see cref="Read"/> says of it, without the pairs, and their number.</returns>
    /// <exception cref="UserErrorException">As for <see cref="Read"/>.</exception>
    public static (PairFile File, int Pairs) Check(string name, PairFormat format = PairFormat.Auto)
    {
        var count = 0;
        var file = PairFile.Scan(ReadRows(name, format), name, "", skipBadRows: false, _ => count++);
        return (file, count);
    }

    /// <summary>Reads row by row, so that a set of any size can be looked at.</summary>
    /// <param name="name">A path or address as above.</param>
    /// <param name="format">How to read the rows of a path.</param>
    /// <exception cref="UserErrorException">There is no such file or source.</exception>
    public static IEnumerable<PairFileRow> ReadRows(string name, PairFormat format = PairFormat.Auto)
    {
        if (!DatasetAddress.Matches(name))
        {
            return DatasetSources.ReadFile(name, format);
        }

        var parts = DatasetAddress.Parse(name);
        return parts.Index().SelectMany(part => part.Index == 0
            ? DatasetSources.Read(part.Item)
            : DatasetSources.Read(part.Item).Select(row => InPart(row, part.Index + 1)));
    }

    /// <summary>Refuses what names no file.</summary>
    /// <exception cref="UserErrorException">A source is not known, or there is no such file.</exception>
    public static void Require(string name)
    {
        string[] paths = DatasetAddress.Matches(name)
            ? [.. DatasetAddress.Parse(name).Select(part => part.Path)]
            : [name];
        foreach (var path in paths)
        {
            RowFiles.Require(path);
        }
    }

    /// <summary>The folder of the first file that a path or an address names.</summary>
    public static string FolderOf(string name) =>
        RowFiles.FolderOf(DatasetAddress.Matches(name) ? DatasetAddress.Parse(name)[0].Path : name);

    // The same row of two parts is two pairs.
    private static PairFileRow InPart(PairFileRow row, int number) => row with
    {
        Pairs = [.. row.Pairs.Select(pair => pair with { Id = new PairId($"{pair.Id}-part{number}") })],
    };
}
