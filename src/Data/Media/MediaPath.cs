namespace R1Reward.Data.Media;

/// <summary>Where a picture or video lies that a data file names.</summary>
public static class MediaPath
{
    private const string FileScheme = "file:";

    /// <summary>Whether the text is an address of another machine, such as <c>https://</c> or <c>s3://</c>.</summary>
    public static bool IsRemote(string path)
    {
        var end = path.IndexOf("://", StringComparison.Ordinal);
        return end > 1
            && !path.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase)
            && path.AsSpan(0, end).IndexOfAnyExcept(SchemeCharacters) < 0;
    }

    /// <summary>
    /// The path on this machine. Text that is no path (a picture inside its address, an address of another machine)
    /// comes back unchanged. Where no file has the name as written, it is tried with Windows separators turned.
    /// </summary>
    /// <param name="path">As the data file has it: a path, or a <c>file:</c> address with or without escapes.</param>
    /// <param name="folder">What relative paths start at; empty for the current folder.</param>
    public static string Resolve(string path, string folder)
    {
        if (DataUri.Matches(path) || IsRemote(path))
        {
            return path;
        }

        var spellings = Spellings(path.Replace("\0", "", StringComparison.Ordinal))
            .Distinct()
            .Select(spelling => Path.Combine(folder, spelling))
            .Select(spelling => folder.Length == 0 ? spelling : Path.GetFullPath(spelling))
            .ToList();
        return spellings.Count == 1 ? spellings[0] : spellings.FirstOrDefault(Path.Exists) ?? spellings[0];
    }

    private static ReadOnlySpan<char> SchemeCharacters =>
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-";

    private static IEnumerable<string> Spellings(string path)
    {
        // Qwen's readers cut the scheme off and take the rest as it stands, so an escape may be part of the name.
        var names = path.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase)
            ? (string[])[WithoutScheme(path), Uri.UnescapeDataString(WithoutScheme(path))]
            : [path];
        foreach (var name in names)
        {
            yield return name;
            if (name.Contains('\\', StringComparison.Ordinal))
            {
                yield return name.Replace('\\', '/');
            }
        }
    }

    private static string WithoutScheme(string path)
    {
        var rest = path[FileScheme.Length..];
        rest = rest.StartsWith("//", StringComparison.Ordinal) ? rest[2..] : rest;
        return rest.StartsWith("localhost/", StringComparison.OrdinalIgnoreCase) ? rest["localhost".Length..] : rest;
    }
}
