using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// The run's append-only record, one JSON object per line, written and flushed to disk before the commands that follow
/// from it go out. One writer at a time, fenced by epoch: a coordinator that was replaced while it was frozen finds a
/// higher epoch at its next write, changes nothing and gives up.
/// </summary>
/// <remarks>
/// Epochs are taken, and everything in the run folder is written, under one file lock (<see cref="JournalLock"/>), so
/// that no coordinator can take over between a look at the epoch and the write that follows.
/// </remarks>
internal sealed class Journal : IJournal
{
    private const string FileName = "journal.jsonl";

    private static readonly JsonSerializerSettings Format = new()
    {
        Converters = { new StringEnumConverter() },
        NullValueHandling = NullValueHandling.Ignore,
    };

    private readonly string _path;
    private readonly JournalLock _lock;
    private readonly TimeProvider _time;
    private readonly List<JournalEntry> _entries;

    private Journal(string path, TimeProvider time)
    {
        _path = path;
        _time = time;
        _lock = new JournalLock(path);
        using var turn = _lock.Take(breakIt: true);
        _entries = Read(path);
        Epoch = _entries.Select(entry => entry.Epoch).DefaultIfEmpty(0).Max() + 1;
        Write(new JournalEntry(Epoch, time.GetUtcNow(), JournalKind.EpochStarted));
    }

    /// <inheritdoc/>
    public int Epoch { get; }

    /// <summary>All lines, those of earlier coordinators included.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Opens the journal of a run folder, new or existing, and starts the next epoch in it.</summary>
    public static Journal Open(string runFolder, TimeProvider time)
    {
        Directory.CreateDirectory(runFolder);
        return new Journal(Path.Combine(runFolder, FileName), time);
    }

    /// <summary>Reads the journal of a run folder without opening it; empty where there is none.</summary>
    public static IReadOnlyList<JournalEntry> ReadOnly(string runFolder) => Read(Path.Combine(runFolder, FileName));

    /// <summary>The epoch of the coordinator that has a run; 0 where it has had none.</summary>
    public static int EpochOf(string runFolder) => LastEpoch(Path.Combine(runFolder, FileName));

    /// <inheritdoc/>
    public void Append(
        JournalKind kind,
        int step = 0,
        string? checkpoint = null,
        string? evaluation = null,
        WeightsReference? weights = null,
        Action? record = null) => Record(() =>
    {
        record?.Invoke();
        Write(new JournalEntry(Epoch, _time.GetUtcNow(), kind, step, checkpoint, evaluation, weights));
    });

    /// <inheritdoc/>
    public void Record(Action write)
    {
        using var turn = _lock.Take(breakIt: false);
        if (LastEpoch(_path) is var latest && latest > Epoch)
        {
            throw new FencedException(Epoch, latest);
        }

        write();
    }

    private void Write(JournalEntry entry)
    {
        using var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);

        // A line that a killed process left unfinished is closed first.
        var start = EndsInsideLine(file) ? "\n" : "";
        var line = JsonConvert.SerializeObject(entry, Format);
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes($"{start}{line}\n"));
        file.Flush(true);
        _entries.Add(entry);
    }

    private static int LastEpoch(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        // Most lines are short; one that names the files of weights has some kilobytes.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        for (var tail = 4096L; ; tail *= 8)
        {
            file.Seek(Math.Max(0, file.Length - tail), SeekOrigin.Begin);
            using var reader = new StreamReader(file, leaveOpen: true);
            var lines = reader.ReadToEnd().Split('\n');
            var last = Enumerable.Reverse(lines).Select(Parse).FirstOrDefault(entry => entry is not null);
            if (last is not null || tail >= file.Length)
            {
                return last?.Epoch ?? 0;
            }
        }
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

    private static List<JournalEntry> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n').Select(Parse).OfType<JournalEntry>()];
    }

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
