using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// Replies by the content of their question: the last used ones in memory and, where a folder is given, all of them on
/// disk. Safe for concurrent use, on disk also by several processes.
/// </summary>
internal sealed class JudgeCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, JudgeAnswer Answer)>> _nodes = [];
    private readonly LinkedList<(string Key, JudgeAnswer Answer)> _byUse = new();
    private readonly int _entries;
    private readonly string? _folder;

    /// <summary>Opens a cache in memory, on disk or both.</summary>
    /// <param name="entries">How many replies are kept in memory.</param>
    /// <param name="folder">Folder on disk; null: none.</param>
    /// <exception cref="UserErrorException">The folder cannot be made.</exception>
    public JudgeCache(int entries, string? folder)
    {
        _entries = entries;
        _folder = folder;
        if (folder is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"judge.cache-folder {folder}: {error.Message} Name a folder that can be written, or none.", error);
        }
    }

    /// <summary>The key of a question: a digest of everything that the reply depends on.</summary>
    public static string KeyOf(string model, JObject body, int repetition)
    {
        var question = $"{model}\0{repetition}\0{body.ToString(Formatting.None)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question)));
    }

    /// <summary>The reply of a key; null where there is none.</summary>
    public JudgeAnswer? Find(string key)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value.Answer;
            }
        }

        if (Read(key) is { } answer)
        {
            Remember(key, answer);
            return answer;
        }

        return null;
    }

    /// <summary>Keeps a reply under its key.</summary>
    public void Add(string key, JudgeAnswer answer)
    {
        Remember(key, answer);
        Write(key, answer);
    }

    private void Remember(string key, JudgeAnswer answer)
    {
        lock (_lock)
        {
            if (_entries == 0 || !_nodes.TryAdd(key, new((key, answer))))
            {
                return;
            }

            _byUse.AddFirst(_nodes[key]);
            if (_nodes.Count > _entries)
            {
                _nodes.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }
        }
    }

    private string PathOf(string key) => Path.Combine(_folder!, key[..2], key + ".json");

    private JudgeAnswer? Read(string key)
    {
        if (_folder is null)
        {
            return null;
        }

        try
        {
            var answer = JsonConvert.DeserializeObject<JudgeAnswer>(File.ReadAllText(PathOf(key)));
            return answer is { Text: not null }
                ? answer with { Tokens = answer.Tokens.IsDefault ? [] : answer.Tokens }
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            // A file that was cut off by a crash is no JSON and counts as missing.
            return null;
        }
    }

    private void Write(string key, JudgeAnswer answer)
    {
        if (_folder is null)
        {
            return;
        }

        var aside = Path.Combine(_folder, $"{Guid.NewGuid():N}.partial");
        try
        {
            File.WriteAllText(aside, JsonConvert.SerializeObject(answer));
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(key))!);
            File.Move(aside, PathOf(key), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk costs a question asked again, not the run.
        }
    }
}
