using Akka.Configuration;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration.Engine;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;
using R1Reward.Data.Handlers;
using R1Reward.Data.Options;
using R1Reward.Data.Text;
using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Reads typed values out of a configuration and collects what is wrong with them, so that a user sees all mistakes at
/// once: file, line, key, value, and what to write instead.
/// </summary>
/// <param name="config">The effective configuration: defaults, file, environment and command line merged.</param>
/// <param name="sources">What was merged over the defaults, strongest first: where an error is looked up.</param>
public sealed class SettingsReader(Config config, IReadOnlyList<ConfigSource> sources)
{
    private readonly List<string> _errors = [];

    /// <summary>The effective configuration, all sources merged.</summary>
    public Config Config => config;

    /// <summary>Dotted paths of the keys under a section that a user set somewhere.</summary>
    public IEnumerable<string> Written(string section) => sources
        .SelectMany(source => source.Keys)
        .Where(key => key.StartsWith(section + ".", StringComparison.Ordinal))
        .Distinct();

    /// <summary>A key as messages about it begin: where it stands, and its name.</summary>
    public string Named(string key) => Place(key) + key;

    /// <summary>Whether a user has written the key.</summary>
    public bool IsWritten(string key) => sources.Any(source => !source.IsComplete && source.Config.HasPath(key));

    /// <summary>The text of a key as it is written, blanks within quotes included; empty where nothing is.</summary>
    public string Text(string key) => config.GetValue(key) is { } value ? HoconTree.Text(value) ?? "" : "";

    /// <summary>
    /// An absolute path: relative ones start at the folder of the file that sets the key, or of the user's file where
    /// none does. Empty stays empty.
    /// </summary>
    public string File(string key)
    {
        if (Text(key) is not { Length: > 0 } path)
        {
            return "";
        }

        return Path.GetFullPath(path, FolderOf(key));
    }

    /// <summary>
    /// A dataset address whose paths are absolute, or the absolute path of a file; relative ones start where those of
    /// <see cref="File"/> do. Empty stays empty.
    /// </summary>
    public string Dataset(string key) => DatasetAddress.In(FolderOf(key), Text(key));

    /// <summary>A flag: <c>on</c>, <c>off</c>, <c>true</c> or <c>false</c>.</summary>
    public bool Flag(string key) => Read(key, ValueRules.Flag);

    /// <summary>A whole number within bounds, both included.</summary>
    public int Whole(string key, int min, int max = int.MaxValue) => Read(key, ValueRules.Whole(min, max));

    /// <summary>A number within bounds, both included.</summary>
    public double Number(string key, double min, double max = double.MaxValue) =>
        Read(key, ValueRules.Number(min, max));

    /// <summary>
    /// An amount of memory in bytes, one MiB at least: a number without a unit counts bytes, which nobody means.
    /// </summary>
    public long Bytes(string key)
    {
        const string remedy = "write a whole number with a unit (MiB, GiB, MB, GB), 1MiB or more, for example 8GiB";
        return ByteSize.Read(config, key) is { } bytes and >= 1 << 20 ? bytes : Wrong<long>(key, remedy);
    }

    /// <summary>A duration above zero.</summary>
    public TimeSpan Duration(string key)
    {
        try
        {
            return config.GetTimeSpan(key, null, false) is var span && span > TimeSpan.Zero
                ? span
                : Wrong<TimeSpan>(key, "write a duration above zero, for example 10 s");
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return Wrong<TimeSpan>(key, "write a duration with a unit (ms, s, m, h), for example 10 s");
        }
    }

    /// <summary>One of an enumeration's names, written in lower case with dashes.</summary>
    public T OneOf<T>(string key)
        where T : struct, Enum =>
        Read(key, ValueRules.OneOf<T>());

    /// <summary>One of the names of a table.</summary>
    public T OneOf<T>(string key, IReadOnlyDictionary<string, T> names) => Read(key, ValueRules.OneOf(names));

    /// <summary>A list of texts; empty where it is written so, or wrong.</summary>
    public IReadOnlyList<string> List(string key)
    {
        const string remedy = "write a list, for example [a, b]";
        try
        {
            // Akka.NET reads a scalar as an empty list, and a list within one as null: what was written would be
            // ignored in silence.
            string?[] items = [.. config.GetValue(key).GetArray().Select(HoconTree.Text)];
            var isList = Text(key).Length == 0 && items.All(item => item is not null);
            return isList ? [.. items.OfType<string>()] : Wrong<string[]>(key, remedy) ?? [];
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Wrong<string[]>(key, remedy) ?? [];
        }
    }

    /// <summary>A list of names of an enumeration, none twice, at least one.</summary>
    public IReadOnlyList<T> ListOf<T>(string key)
        where T : struct, Enum
    {
        var names = EnumNames.Values<T>();
        var written = List(key);
        if (written.Count == 0 || written.Distinct().Count() != written.Count || !written.All(names.ContainsKey))
        {
            var slips = written.Where(name => !names.ContainsKey(name)).Select(name =>
                $"; did you mean {names.Keys.MinBy(known => EditDistance.Between(name, known))} for {name}?");
            Wrong<T>(
                key,
                $"write a list of {string.Join(", ", names.Keys)}, one at least and none twice{string.Concat(slips)}");
            return [];
        }

        return [.. written.Select(name => names[name])];
    }

    /// <summary>A list of entries, each an object whose values are texts, lists and objects.</summary>
    public IReadOnlyList<JObject> Entries(string key)
    {
        var items = config.GetValue(key)?.GetArray() ?? [];
        return Text(key).Length > 0 || items.Any(item => !item.IsObject())
            ? Wrong<JObject[]>(key, "write a list of entries, for example [ { type = format, weight = 0.5 } ]") ?? []
            : [.. items.Select(item => (JObject)HoconTree.Json(item))];
    }

    /// <summary>A section whose keys the user names, scalars as texts; empty where nothing is written.</summary>
    public JObject Section(string key)
    {
        const string remedy = "write a section, for example { name = value }";
        if (config.GetValue(key) is not { } value)
        {
            return [];
        }

        return value.IsObject() ? (JObject)HoconTree.Json(value) : Wrong<JObject>(key, remedy) ?? [];
    }

    /// <summary>A reader of one entry's options whose errors join the others.</summary>
    public OptionReader InEntry(string key, int index, JObject entry) =>
        new($"{Named(key)}[{index}]", entry, _errors);

    /// <summary>Adds an error about a key whose value is formally right.</summary>
    public void Refuse(string key, string remedy) => Wrong<int>(key, remedy);

    /// <summary>Ends the reading, with one exception for all mistakes that were found.</summary>
    /// <exception cref="UserErrorException">There were mistakes; its message has one per line.</exception>
    public void ThrowIfWrong()
    {
        if (_errors.Count > 0)
        {
            throw UserErrorException.ForAll([.. _errors.Distinct()], error => error);
        }
    }

    private T Read<T>(string key, ValueRule<T> rule) =>
        rule.Parse(Text(key).Trim(), out var value) ? value : Wrong<T>(key, rule.Remedy);

    private T Wrong<T>(string key, string remedy)
    {
        var value = config.GetValue(key) is { } raw && raw.IsArray()
            ? HoconTree.Json(raw).ToString(Formatting.None)
            : Text(key);
        var shown = value.Length == 0 ? "\"\"" : Printable.Escape(value);
        _errors.Add($"{Named(key)} = {shown}: {remedy.TrimEnd('?')}{(remedy.EndsWith('?') ? '?' : '.')}");
        return default!;
    }

    private string FolderOf(string key) =>
        (SourceOf(key) ?? sources.LastOrDefault())?.Folder ?? Environment.CurrentDirectory;

    private string Place(string key) => SourceOf(key) is { } source ? $"{source.PlaceOf(key)}: " : "";

    private ConfigSource? SourceOf(string key) => sources.FirstOrDefault(source => source.Config.HasPath(key));
}
