using System.Text;
using CsvHelper;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;

namespace R1Reward.Data.Formats;

/// <summary>The rows of a CSV file with a header (RFC 4180), all cells as texts.</summary>
internal static class CsvRows
{
    private static readonly CsvReaderOptions _options = new() { Separator = ',', TrackLineNumbers = true };

    /// <summary>Reads lazily; the place of a row is the line that it starts on.</summary>
    public static IEnumerable<FileRow> Read(string path)
    {
        using var reader = CsvReader.FromFile(path, _options);
        FileRow? held = null;
        while (true)
        {
            var (more, problem) = TryRead(reader);
            if (held is { } row)
            {
                yield return more || problem is not null || !HasOpenQuote(path) ? row : row with
                {
                    Problem = "a quote is opened and not closed before the end of the file; close it, and double "
                        + "quotes within cells",
                };
                held = null;
            }

            if (problem is not null)
            {
                yield return new FileRow(path, null, $"not valid CSV ({problem}); correct the file");
                yield break;
            }

            if (!more)
            {
                yield break;
            }

            if (reader.Headers.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            {
                yield return new FileRow($"{path}:1", null, $"two columns are named \"{twice}\"; rename or delete one");
                yield break;
            }

            // A row without all its cells may have taken in the rest of the file, which is known at its end.
            var read = Row(reader, $"{path}:{reader.LineNumber}");
            if (reader.FieldCount < reader.Headers.Count)
            {
                held = read;
            }
            else
            {
                yield return read;
            }
        }
    }

    private static bool HasOpenQuote(string path) =>
        File.ReadLines(path).Sum(line => line.Count(c => c == '"')) % 2 == 1;

    private static FileRow Row(CsvReader reader, string place)
    {
        if (reader.FieldCount != reader.Headers.Count)
        {
            var cells = $"the row has {reader.FieldCount} cells under {reader.Headers.Count} names";
            return new FileRow(place, null, cells + "; quote cells with commas");
        }

        var fields = new JObject();
        try
        {
            for (var i = 0; i < reader.FieldCount; i++)
            {
                fields[reader.Headers[i]] = Utf8Lines.Strict.GetString(reader.GetSpan(i));
            }
        }
        catch (DecoderFallbackException)
        {
            return new FileRow(place, null, JsonRows.NoUtf8);
        }

        return new FileRow(place, fields, null);
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
