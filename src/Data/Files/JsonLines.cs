using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Files;

/// <summary>
/// A file of JSON objects, one per line, that a program appends to while it runs and that others may read meanwhile.
/// A process that is killed can leave its last line unfinished: readers pass over it, the next writer drops it.
/// </summary>
public sealed class JsonLines : IDisposable
{
    private readonly string _path;
    private readonly JsonSerializer _serializer = JsonSerializer.CreateDefault();
    private StreamWriter _writer;

    /// <summary>Opens a file for appending, new or existing; an unfinished last line is dropped.</summary>
    public JsonLines(string path)
    {
        _path = path;
        Rewrite(_ => true);
        _writer = Open();
    }

    /// <summary>
    /// Reads the objects of a file in order, lazily; unreadable lines are passed over. Empty where there is no file.
    /// </summary>
    public static IEnumerable<JObject> Read(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            if (TryParse(line) is { } value)
            {
                yield return value;
            }
        }
    }

    /// <summary>Writes a whole file at once: a reader sees the old content or the new.</summary>
    public static void Write(string path, IEnumerable<JObject> values) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        foreach (var value in values)
        {
            writer.WriteLine(value.ToString(Formatting.None));
        }
    });

    /// <summary>Appends an object and hands it to the operating system, so that it outlives this process.</summary>
    public void Append(object value)
    {
        _serializer.Serialize(_writer, value);
        _writer.WriteLine();
        _writer.Flush();
    }

    /// <summary>Has what was appended written to the disk, so that it outlives the machine.</summary>
    public void Sync() => ((FileStream)_writer.BaseStream).Flush(flushToDisk: true);

    /// <summary>Keeps only the objects for which the condition holds; the file is replaced in one step.</summary>
    public void Cut(Func<JObject, bool> keep)
    {
        _writer.Dispose();
        Rewrite(keep);
        _writer = Open();
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private static JObject? TryParse(string line)
    {
        try
        {
            return JObject.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Rewrite(Func<JObject, bool> keep)
    {
        if (File.Exists(_path))
        {
            // Atomic writing replaces the file, so all of it is read before.
            Write(_path, Read(_path).Where(keep).ToList());
        }
    }

    private StreamWriter Open() =>
        new(
            new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read),
            new UTF8Encoding(false)) { NewLine = "\n" };
}
