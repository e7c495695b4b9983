namespace R1Reward.Data.Formats;

/// <summary>Counts rows in the bytes of a text file, without reading what is in them.</summary>
internal static class RowBytes
{
    /// <summary>Lines that are not blank; within quotes, as CSV has them, a line goes on.</summary>
    public static long Lines(IEnumerable<byte> bytes, bool hasQuotes)
    {
        var (count, isQuoted, hasText) = (0L, false, false);
        foreach (var c in bytes)
        {
            isQuoted ^= hasQuotes && c == '"';
            if (c == '\n' && !isQuoted)
            {
                count += hasText ? 1 : 0;
                hasText = false;
            }
            else
            {
                hasText |= c > ' ';
            }
        }

        return count + (hasText ? 1 : 0);
    }

    /// <summary>The objects of a JSON list, not those within them.</summary>
    public static long Objects(IEnumerable<byte> bytes)
    {
        var (count, depth, isText, isEscaped) = (0L, 0, false, false);
        foreach (var c in bytes)
        {
            if (isText)
            {
                isText = isEscaped || c != '"';
                isEscaped = !isEscaped && c == '\\';
                continue;
            }

            isText = c == '"';
            count += c == '{' && depth == 1 ? 1 : 0;
            depth += c is (byte)'{' or (byte)'[' ? 1 : c is (byte)'}' or (byte)']' ? -1 : 0;
        }

        return count;
    }
}
