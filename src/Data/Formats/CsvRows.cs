using CsvHelper;
using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Formats;

/// <summary>The rows of a CSV file with a header (RFC 4180), all cells as texts.</summary>
internal static class CsvRows
{
    private static readonly CsvReaderOptions _options = new() { Separator = ',', TrackLineNumbers = true };

    /// <summary>Reads lazily; the place of a row is the line that it starts on.</summary>
    public static IEnumerable<FileRow> Read(string path)
    {
        using var reader = CsvReader.FromFile(path, _options);
        while (true)
        {
            var (more, problem) = TryRead(reader);
            if (problem is not null)
            {
                yield return new FileRow(path, null, $"not valid CSV ({problem}); correct the file");
                yield break;
            }

            if (!more)
            {
                yield break;
            }

            var names = reader.Headers;
            yield return reader.FieldCount == names.Count
                ? new FileRow($"{path}:{reader.LineNumber}", Fields(reader), null)
                : new FileRow(
                    $"{path}:{reader.LineNumber}",
                    null,
                    $"the row has {reader.FieldCount} cells under {names.Count} names; quote cells with commas");
        }
    }

    private static JObject Fields(CsvReader reader)
    {
        var fields = new JObject();
        for (var i = 0; i < reader.FieldCount; i++)
        {
            fields[reader.Headers[i]] = reader.GetString(i);
        }

        return fields;
    }

    private static (bool More, string? Problem) TryRead(CsvReader reader)
    {
        try
        {
            return (reader.Read(), null);
        }
        catch (CsvFormatException wrong)
        {
            return (false, wrong.Message.TrimEnd('.'));
        }
    }
}
