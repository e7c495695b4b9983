using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// The run's append-only record, one JSON object per line, written and flushed to disk before the commands that follow
/// from it go out. One writer at a time, fenced by epoch: a coordinator that was replaced while it was frozen finds a
/// higher epoch at its next append, changes nothing and gives up.
/// </summary>
internal sealed class Journal : IJournal
{
    private const string FileName = "journal.jsonl";

    private static readonly JsonSerializerSettings Format = new()
    {
        Converters = { new StringEnumConverter() },
        NullValueHandling = NullValueHandling.Ignore,
    };

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly List<JournalEntry> _entries;

    private Journal(string path, TimeProvider time)
    {
        _path = path;
        _time = time;
        _entries = Read(path);
        Epoch = _entries.Select(entry => entry.Epoch).DefaultIfEmpty(0).Max() + 1;
    }

    /// <inheritdoc/>
    public int Epoch { get; }

    /// <summary>All lines, those of earlier coordinators included.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Opens the journal of a run folder, new or existing, and starts the next epoch in it.</summary>
    public static Journal Open(string runFolder, TimeProvider time)
    {
        Directory.CreateDirectory(runFolder);
        var journal = new Journal(Path.Combine(runFolder, FileName), time);
        journal.Append(JournalKind.EpochStarted);
        return journal;
    }

    /// <summary>Reads the journal of a run folder without opening it; empty where there is none.</summary>
    public static IReadOnlyList<JournalEntry> ReadOnly(string runFolder) => Read(Path.Combine(runFolder, FileName));

    /// <inheritdoc/>
    public void Append(JournalKind kind, int step = 0, string? checkpoint = null, string? evaluation = null)
    {
        var entry = new JournalEntry(Epoch, _time.GetUtcNow(), kind, step, checkpoint, evaluation);
        using var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var latest = LastEpoch(file);
        if (latest > Epoch)
        {
            throw new FencedException(Epoch, latest);
        }

        // A line that a killed process left unfinished is closed first.
        var start = EndsInsideLine(file) ? "\n" : "";
        var line = JsonConvert.SerializeObject(entry, Format);
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes($"{start}{line}\n"));
        file.Flush(true);
        _entries.Add(entry);
    }

    private static int LastEpoch(FileStream file)
    {
        // Lines are short; the last one is within the last 4 KiB.
        file.Seek(Math.Max(0, file.Length - 4096), SeekOrigin.Begin);
        using var reader = new StreamReader(file, leaveOpen: true);
        return reader.ReadToEnd().Split('\n').Select(Parse).LastOrDefault(entry => entry is not null)?.Epoch ?? 0;
    }

    private static bool EndsInsideLine(FileStream file)
    {
        if (file.Length == 0)
        {
            return false;
        }

        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private static List<JournalEntry> Read(string path) =>
        File.Exists(path) ? [.. File.ReadLines(path).Select(Parse).OfType<JournalEntry>()] : [];

    private static JournalEntry? Parse(string line)
    {
        try
        {
            return JsonConvert.DeserializeObject<JournalEntry>(line, Format);
        }
        catch (JsonException)
        {
            // The torn last line of a process that was killed while writing: it announced nothing that happened.
            return null;
        }
    }
}
