using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Data.Pairs;

namespace R1Reward.Rewards.Annotation;

/// <summary>
/// The annotations of a set of pairs in a file that grows while a teacher is asked, so that what was answered is never
/// asked again: a line of settings, then a line per pair. Pairs are known by their place and a hash of what they show
/// (decision D19). Safe for concurrent use.
/// </summary>
public sealed class AnnotationFile : IDisposable
{
    private static readonly JsonSerializer Json = JsonSerializer.Create(new JsonSerializerSettings
    {
        ContractResolver = new CamelCasePropertyNamesContractResolver(),
        Converters = { new StringEnumConverter(new CamelCaseNamingStrategy()) },
    });

    private readonly Dictionary<string, Annotation> _known = [];
    private readonly JsonLines _lines;
    private readonly Lock _lock = new();

    /// <summary>Opens a file, new or begun.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">How pairs are shown and teachers asked.</param>
    /// <exception cref="UserErrorException">It was begun with other settings.</exception>
    public AnnotationFile(string path, JObject settings)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var lines = JsonLines.Read(path).ToList();

        // A text that is null reads back as null, which is another kind of value.
        if (lines.Count > 0 && !JToken.DeepEquals(lines[0], JObject.Parse(settings.ToString())))
        {
            throw new UserErrorException(
                $"{path}: begun with {lines[0].ToString(Formatting.None)}, now {settings.ToString(Formatting.None)}. "
                + "Ask as before, or name another folder.");
        }

        foreach (var line in lines.Skip(1))
        {
            _known[(string)line["pair"]!] = line["annotation"]!.ToObject<Annotation>(Json)!;
        }

        _lines = new JsonLines(path);
        if (lines.Count == 0)
        {
            _lines.Append(settings);
        }
    }

    /// <summary>
    /// What is known of a pair; null where it is still to be asked about, as every undecided one is.
    /// </summary>
    /// <param name="index">Its place in the set, from 0.</param>
    /// <param name="pair">The pair as it is shown.</param>
    public Annotation? Find(int index, PreferencePair pair)
    {
        lock (_lock)
        {
            return _known.GetValueOrDefault(KeyOf(index, pair)) is { Outcome: not AnnotationOutcome.Undecided } known
                ? known
                : null;
        }
    }

    /// <summary>Keeps what a teacher made of a pair.</summary>
    public void Add(int index, PreferencePair pair, Annotation annotation)
    {
        var key = KeyOf(index, pair);
        lock (_lock)
        {
            _known[key] = annotation;
            _lines.Append(new JObject { ["pair"] = key, ["annotation"] = JObject.FromObject(annotation, Json) });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private static string KeyOf(int index, PreferencePair pair)
    {
        string[] shown = [pair.Question, pair.Response1, pair.Response2, $"{pair.Label}"];
        return $"{index:D6}-{ContentHash.Compute([.. shown, .. pair.AllMedia().Select(item => item.Path)])}";
    }
}
