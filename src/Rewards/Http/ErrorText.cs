namespace R1Reward.Rewards.Http;

/// <summary>What a server of somebody else says of an error, made fit for a message of ours.</summary>
internal static class ErrorText
{
    private const int MaxLength = 300;
    private const int QuotedEnd = 100;
    private const int MaxNameLength = 60;

    /// <summary>The text as one short line, without the key, which some servers quote when they refuse it.</summary>
    /// <param name="text">What the server said.</param>
    /// <param name="key">The key that was sent; null: none.</param>
    public static string OneLine(string text, string? key)
    {
        var safe = key is null ? text : text.Replace(key, "(key)", StringComparison.Ordinal);
        var line = string.Join(' ', safe.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxLength ? line : line[..MaxLength] + "...";
    }

    /// <summary>The name of a field that somebody else chose: printable, and not longer than a line holds.</summary>
    public static string Name(string name)
    {
        var line = string.Concat(name.Take(MaxNameLength).Select(c => char.IsControl(c) ? '?' : c));
        return name.Length <= MaxNameLength ? line : line + "...";
    }

    /// <summary>The beginning and the end of a text on one line, in quotes.</summary>
    public static string Quote(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var shown = line.Length <= 2 * QuotedEnd ? line : $"{line[..QuotedEnd]} ... {line[^QuotedEnd..]}";
        return $"\"{shown}\"";
    }
}
