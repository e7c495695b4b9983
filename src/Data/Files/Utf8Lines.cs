using System.Text;

namespace R1Reward.Data.Files;

/// <summary>
/// The lines of a text file in UTF-8, one at a time. Bytes that are no UTF-8 are found in the line that has them, where
/// the system's readers would put other characters in their place.
/// </summary>
internal static class Utf8Lines
{
    private const int BufferBytes = 1 << 16;

    /// <summary>UTF-8 that throws on bytes which are none.</summary>
    public static Encoding Strict { get; } = new UTF8Encoding(false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads lazily; null stands for a line that is no UTF-8.</summary>
    public static IEnumerable<string?> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
        var buffer = new byte[BufferBytes];
        var (start, end) = (0, 0);
        var isFirst = true;
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length < 0)
            {
                (buffer, end) = WithRoom(buffer, start, end);
                start = 0;
                var read = file.Read(buffer, end, buffer.Length - end);
                end += read;
                if (read > 0)
                {
                    continue;
                }

                if (end > 0)
                {
                    yield return Decode(buffer.AsSpan(0, end), isFirst);
                }

                yield break;
            }

            yield return Decode(buffer.AsSpan(start, length), isFirst);
            isFirst = false;
            start += length + 1;
        }
    }

    // What is left of the last line moves to the front, of a larger buffer where it fills this one.
    private static (byte[] Buffer, int End) WithRoom(byte[] buffer, int start, int end)
    {
        var target = end - start == buffer.Length ? new byte[buffer.Length * 2] : buffer;
        Buffer.BlockCopy(buffer, start, target, 0, end - start);
        return (target, end - start);
    }

    private static string? Decode(ReadOnlySpan<byte> line, bool isFirst)
    {
        if (isFirst && line.StartsWith(Mark))
        {
            line = line[Mark.Length..];
        }

        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
