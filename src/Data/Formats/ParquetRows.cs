using System.Collections;
using System.Globalization;
using Newtonsoft.Json.Linq;
using Parquet;
using Parquet.Serialization;

namespace R1Reward.Data.Formats;

/// <summary>
/// The rows of a Parquet file, a row group at a time. Binary values become base64, as JSON files have them.
/// </summary>
internal static class ParquetRows
{
    private static readonly ParquetOptions _options = new();

    static ParquetRows()
    {
        // Else texts and files would come as spans of memory.
        ParquetOptions.PreferUntypedString = true;
        ParquetOptions.PreferUntypedByteArray = true;
    }

    /// <summary>Reads lazily; what is broken ends the file with its problem.</summary>
    public static IEnumerable<FileRow> Read(string path)
    {
        using var stream = File.OpenRead(path);
        var (reader, problem) = Try(() => Open(stream), path);
        if (reader is null)
        {
            yield return new FileRow(path, null, problem);
            yield break;
        }

        using var closing = new Closing(reader);
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            var index = group;
            var (rows, broken) = Try(() => ReadGroup(stream, reader, index), path);
            if (broken is not null)
            {
                yield return new FileRow($"{path}, row group {group + 1}", null, broken);
                yield break;
            }

            for (var row = 0; row < rows!.Count; row++)
            {
                yield return new FileRow(
                    $"{path}, row group {group + 1}, row {row + 1}", (JObject)ToJson(rows[row])!, null);
            }
        }
    }

    /// <summary>How many rows the file says that it has; 0 where it cannot be read.</summary>
    public static long Count(string path)
    {
        using var stream = File.OpenRead(path);
        var reader = Try(() => Open(stream), path).Value;
        using var closing = new Closing(reader);
        return reader?.Metadata?.NumRows ?? 0;
    }

    private static ParquetReader Open(Stream stream) =>
        ParquetReader.CreateAsync(stream, _options, leaveStreamOpen: true).GetAwaiter().GetResult();

    private static IReadOnlyList<IDictionary<string, object>> ReadGroup(
        Stream stream, ParquetReader reader, int group)
    {
        if (ParquetColumns.CanRead(reader.Schema))
        {
            return ParquetColumns.Read(reader, group);
        }

        stream.Position = 0;
        var read = ParquetSerializer.DeserializeUntypedAsync(stream, _options, group).GetAwaiter().GetResult();
        return [.. read.Data];
    }

    // The library throws whatever a damaged byte leads it to.
    private static (T? Value, string? Problem) Try<T>(Func<T> read, string path)
    {
        try
        {
            return (read(), null);
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            return (default, $"the Parquet file cannot be read ({broken.Message.Split('\n')[0].TrimEnd('.')}); "
                + $"fetch {Path.GetFileName(path)} again");
        }
    }

    private static JToken? ToJson(object? value) => value switch
    {
        null => JValue.CreateNull(),
        string text => new JValue(text),
        byte[] bytes => new JValue(Convert.ToBase64String(bytes)),
        IDictionary<string, object> fields => new JObject(
            fields.Select(field => new JProperty(field.Key, ToJson(field.Value)))),
        IEnumerable items => new JArray(items.Cast<object?>().Select(ToJson)),
        bool flag => new JValue(flag),
        float or double or decimal => new JValue(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        sbyte or byte or short or ushort or int or uint or long => new JValue(
            Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        _ => new JValue(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
    /// <summary>Ends a reader, whose own end is asynchronous.</summary>
    private sealed class Closing(ParquetReader? reader) : IDisposable
    {
        public void Dispose() => reader?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
