using System.IO.Enumeration;

namespace R1Reward.Data.Formats;

/// <summary>
/// The files that a path names: itself, the Parquet files of a folder, or those that a name with stars fits.
/// </summary>
internal static class RowPaths
{
    /// <summary>The files in the order of their names.</summary>
    /// <exception cref="UserErrorException">
    /// A folder has no Parquet files, or those of several splits; or no file fits a name with stars.
    /// </exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (Directory.Exists(path))
        {
            return HubFolder.Files(path);
        }

        var name = Path.GetFileName(path);
        return name.Contains('*', StringComparison.Ordinal) && !File.Exists(path) ? Fitting(path, name) : [path];
    }

    private static List<string> Fitting(string path, string name)
    {
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        bool Fits(string file) => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file));
        List<string> files = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Where(Fits).Order(StringComparer.Ordinal)]
            : [];
        return files.Count > 0 ? files : throw new UserErrorException($"{path}: no file has such a name");
    }
}
