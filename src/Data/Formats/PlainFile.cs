using R1Reward.Data.Files;

namespace R1Reward.Data.Formats;

/// <summary>What the first bytes of a data file say, and which files are refused.</summary>
internal static class PlainFile
{
    private static ReadOnlySpan<byte> ParquetMark => "PAR1"u8;

    /// <summary>Whether a file is Parquet, whatever its name.</summary>
    /// <exception cref="UserErrorException">
    /// There is no such file, or it is compressed, in UTF-16, a pipe or a device.
    /// </exception>
    internal static bool IsParquet(string path)
    {
        if (!RegularFile.Exists(path))
        {
            throw File.Exists(path)
                ? new UserErrorException($"{path}: a pipe or a device; give a plain file of preference pairs")
                : Missing(path);
        }

        var start = new byte[ParquetMark.Length];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return RefusalOf(start[..length]) is { } reason
            ? throw new UserErrorException($"{path}: {reason}")
            : start.AsSpan(0, length).SequenceEqual(ParquetMark);
    }

    /// <summary>There is no file of this name.</summary>
    internal static UserErrorException Missing(string path) =>
        new($"{path}: no such file; give a file of preference pairs");

    /// <summary>What is said of a file or dataset address without rows, after its name.</summary>
    internal static string NoRows(string name) => "holds no rows; " + (
        name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            ? "write a line with the names of the columns and a line for each row"
            : "write one JSON object per line");

    private static string? RefusalOf(byte[] start) => start switch
    {
        [0x1F, 0x8B, ..] => "a compressed file; unpack it with gunzip",
        [0x28, 0xB5, 0x2F, 0xFD] => "a compressed file; unpack it with unzstd",
        [0x50, 0x4B, 0x03, 0x04] => "a compressed file; unpack it with unzip",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "text in UTF-16; save it as UTF-8",
        _ => null,
    };
}
