namespace R1Reward.Actors.Runs;

/// <summary>Writes a file so that a reader, or a power cut, sees the old content or the new and nothing between.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the target, flushes to disk and renames.</summary>
    public static void Write(string path, string content)
    {
        var partial = path + ".partial";
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(content));
            file.Flush(true);
        }

        File.Move(partial, path, overwrite: true);
    }
}
