using System.Text.RegularExpressions;

namespace R1Reward.Data.Formats;

/// <summary>A folder of Parquet files, as sets on the Hub have them: also in its folder <c>data</c>.</summary>
internal static partial class HubFolder
{
    private static readonly string[] _splits = ["train", "test", "validation", "valid", "val", "dev", "eval"];

    /// <summary>The files in the order of their names.</summary>
    /// <exception cref="UserErrorException">There are none, or those of several splits.</exception>
    internal static List<string> Files(string path)
    {
        var data = Path.Combine(path, "data");
        var files = In(path) is { Count: > 0 } own ? own : Directory.Exists(data) ? In(data) : [];
        if (files.Count == 0)
        {
            throw new UserErrorException($"{path}: a folder without Parquet files; give a file, or such a folder");
        }

        var splits = files.Select(SplitOf).Distinct().ToList();
        var one = Path.Combine(Path.GetDirectoryName(files[0])!, $"{splits[0]}-*.parquet");
        return splits is [_] || splits.Contains(null)
            ? files
            : throw new UserErrorException(
                $"{path}: a folder with the splits {string.Join(", ", splits)}; name one of them, for example {one}");
    }

    private static List<string> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.parquet").Order(StringComparer.Ordinal)];

    private static string? SplitOf(string file)
    {
        var match = Shard().Match(Path.GetFileName(file));
        var name = match.Groups["split"].Value;
        return match.Groups["shard"].Success || _splits.Contains(name) ? name : null;
    }

    [GeneratedRegex(@"^(?<split>.+?)(?<shard>-\d+-of-\d+)?\.parquet$", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}
