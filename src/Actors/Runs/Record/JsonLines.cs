using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Runs.Record;

/// <summary>A file of JSON objects, one per line, appended to and now and then cut back.</summary>
public sealed class JsonLines : IDisposable
{
    private readonly string _path;
    private StreamWriter _writer;

    /// <summary>Opens a file for appending; a line that a killed process left unfinished is dropped.</summary>
    public JsonLines(string path)
    {
        _path = path;
        Keep(_ => true);
        _writer = Open();
    }

    /// <summary>Appends an object and hands it to the operating system.</summary>
    public void Append(object value)
    {
        _writer.WriteLine(JsonConvert.SerializeObject(value, Formatting.None));
        _writer.Flush();
    }

    /// <summary>Keeps only the objects that the condition holds for; the file is replaced in one step.</summary>
    public void Cut(Func<JObject, bool> keep)
    {
        _writer.Dispose();
        Keep(keep);
        _writer = Open();
    }

    /// <summary>Reads the objects of a file; unreadable lines are passed over. Empty where there is no file.</summary>
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

    private void Keep(Func<JObject, bool> keep)
    {
        if (File.Exists(_path))
        {
            var lines = Read(_path).Where(keep).Select(value => value.ToString(Formatting.None)).ToList();
            AtomicFile.Write(_path, string.Concat(lines.Select(line => line + "\n")));
        }
    }

    private StreamWriter Open() =>
        new(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read), new UTF8Encoding(false));
}
