namespace R1Reward.Actors.Hosting;

/// <summary>
/// Tells whether two nodes see the same storage under their <c>run.folder</c>: the first one there writes a file with
/// a name of chance, and everybody else reads it.
/// </summary>
internal static class SharedFolder
{
    /// <summary>Name of the file in the folder.</summary>
    public const string FileName = "cluster.token";

    /// <summary>What the folder is known by; written where nobody has been there.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read or written.</exception>
    public static string TokenOf(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            Write(path);
        }

        return string.Concat(File.ReadAllText(path).Where(char.IsAsciiLetterOrDigit));
    }

    // Of two that come at once one succeeds, and both read what that one has written.
    private static void Write(string path)
    {
        var token = Guid.NewGuid().ToString("N")[..12];
        var aside = $"{path}.{token}";
        File.WriteAllText(aside, token + "\n");
        try
        {
            File.Move(aside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(aside);
        }
    }
}
