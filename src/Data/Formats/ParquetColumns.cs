using Parquet;
using Parquet.Schema;

namespace R1Reward.Data.Formats;

/// <summary>
/// Reads row groups column by column with the reader of the whole file, where all fields are plain values. The library
/// makes rows with lists or structures, too, but parses the list of all row groups anew for each of them.
/// </summary>
internal static class ParquetColumns
{
    // Texts and files have these types in a schema.
    private static readonly Dictionary<Type, Func<ParquetRowGroupReader, DataField, Task<object?[]>>> _reading = new()
    {
        [typeof(ReadOnlyMemory<char>)] = async (group, field) =>
        {
            var texts = new string?[group.RowCount];
            await group.ReadAsync(field, texts.AsMemory()).ConfigureAwait(false);
            return texts;
        },
        [typeof(ReadOnlyMemory<byte>)] = async (group, field) =>
        {
            var files = new byte[]?[group.RowCount];
            await group.ReadAsync(field, files.AsMemory()).ConfigureAwait(false);
            return files;
        },
        [typeof(bool)] = Values<bool>,
        [typeof(sbyte)] = Values<sbyte>,
        [typeof(byte)] = Values<byte>,
        [typeof(short)] = Values<short>,
        [typeof(ushort)] = Values<ushort>,
        [typeof(int)] = Values<int>,
        [typeof(uint)] = Values<uint>,
        [typeof(long)] = Values<long>,
        [typeof(ulong)] = Values<ulong>,
        [typeof(float)] = Values<float>,
        [typeof(double)] = Values<double>,
        [typeof(decimal)] = Values<decimal>,
        [typeof(DateTime)] = Values<DateTime>,
    };

    /// <summary>Whether all fields of a file are plain values.</summary>
    public static bool CanRead(ParquetSchema schema) => schema.Fields.All(
        field => field is DataField { IsArray: false } plain && _reading.ContainsKey(plain.ClrType));

    /// <summary>The rows of a row group; a value that is null is left out.</summary>
    public static IReadOnlyList<IDictionary<string, object>> Read(ParquetReader reader, int group)
    {
        using var opened = reader.OpenRowGroupReader(group);
        var columns = reader.Schema.DataFields.ToDictionary(
            field => field.Name,
            field => _reading[field.ClrType](opened, field).GetAwaiter().GetResult());
        return
        [
            .. Enumerable.Range(0, (int)opened.RowCount).Select(row => columns
                .Where(column => column.Value[row] is not null)
                .ToDictionary(column => column.Key, column => column.Value[row]!)),
        ];
    }

    private static async Task<object?[]> Values<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        if (field.IsNullable)
        {
            var some = new T?[group.RowCount];
            await group.ReadAsync(field, some.AsMemory()).ConfigureAwait(false);
            return Array.ConvertAll(some, value => (object?)value);
        }

        var all = new T[group.RowCount];
        await group.ReadAsync(field, all.AsMemory()).ConfigureAwait(false);
        return Array.ConvertAll(all, value => (object?)value);
    }
}
