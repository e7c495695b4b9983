using System.Globalization;
using Akka.Configuration;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;
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

    /// <summary>Text as it stands.</summary>
    public string Text(string key) => config.GetString(key, "") ?? "";

    /// <summary>A path; relative ones start at the folder of the file that sets the key, or of the user's file where none does. Empty stays empty.</summary>
    public string File(string key) =>
        Text(key) is { Length: > 0 } path ? Path.GetFullPath(path, (SourceOf(key) ?? sources.LastOrDefault())?.Folder ?? Environment.CurrentDirectory) : "";

    /// <summary>on/off, true/false.</summary>
    public bool Flag(string key) => Text(key) switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        _ => Wrong<bool>(key, "write on or off"),
    };

    /// <summary>A whole number within bounds, both included.</summary>
    public int Whole(string key, int least, int most = int.MaxValue)
    {
        var range = most == int.MaxValue ? $"a whole number, {least} or more" : $"a whole number from {least} to {most}";
        return int.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Wrong<int>(key, "write " + range);
    }

    /// <summary>A number within bounds, both included.</summary>
    public double Number(string key, double least, double most = double.MaxValue)
    {
        var range = most == double.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"a number, {least} or more")
            : string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}");
        return double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Wrong<double>(key, "write " + range);
    }

    /// <summary>An amount of memory in bytes, one MiB at least: a number without a unit counts bytes, which nobody means.</summary>
    public long Bytes(string key)
    {
        const string remedy = "write a whole number with a unit (MiB, GiB, MB, GB), 1MiB or more, for example 8GiB";
        try
        {
            return config.GetByteSize(key) is { } bytes and >= 1 << 20 ? bytes : Wrong<long>(key, remedy);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return Wrong<long>(key, remedy);
        }
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
        where T : struct, Enum => OneOf(key, Enum.GetValues<T>().ToDictionary(Dashed));

    /// <summary>One of the names of a table.</summary>
    public T OneOf<T>(string key, IReadOnlyDictionary<string, T> names) =>
        names.TryGetValue(Text(key), out var value) ? value : Wrong<T>(key, "write one of " + string.Join(", ", names.Keys));

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> List(string key)
    {
        try
        {
            // Akka.NET reads a scalar as an empty list, and what was written would be ignored in silence.
            return Text(key).Length == 0 ? [.. config.GetStringList(key)] : Wrong<string[]>(key, "write a list, for example [a, b]") ?? [];
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return Wrong<string[]>(key, "write a list, for example [a, b]") ?? [];
        }
    }

    /// <summary>A list of names of an enumeration, none twice, at least one.</summary>
    public IReadOnlyList<T> ListOf<T>(string key)
        where T : struct, Enum
    {
        var names = Enum.GetValues<T>().ToDictionary(Dashed);
        var written = List(key);
        if (written.Count == 0 || written.Distinct().Count() != written.Count || !written.All(names.ContainsKey))
        {
            Wrong<T>(key, "write a list of " + string.Join(", ", names.Keys) + ", none twice");
            return [];
        }

        return [.. written.Select(name => names[name])];
    }

    /// <summary>A list of entries, each an object whose values are texts, lists and objects.</summary>
    public IReadOnlyList<JObject> Entries(string key)
    {
        var items = config.GetValue(key)?.GetArray() ?? [];
        return Text(key).Length > 0 || items.Any(item => !item.IsObject())
            ? Wrong<IReadOnlyList<JObject>>(key, "write a list of entries, for example [ { type = format, weight = 0.5 } ]") ?? []
            : [.. items.Select(item => (JObject)HoconTree.Json(item))];
    }

    /// <summary>A reader of one entry's options whose errors join the others.</summary>
    public OptionReader InEntry(string key, int index, JObject entry) => new($"{Place(key)}{key}[{index}]", entry, _errors);

    /// <summary>Adds an error about a key whose value is formally right.</summary>
    public void Refuse(string key, string remedy) => Wrong<int>(key, remedy);

    /// <summary>Ends the reading.</summary>
    /// <exception cref="UserErrorException">With all errors, one per line.</exception>
    public void ThrowIfWrong()
    {
        if (_errors.Count > 0)
        {
            throw new UserErrorException(string.Join('\n', _errors.Distinct()));
        }
    }

    /// <summary>The name that stands in a file for an enumeration's value: <c>StableReinforce</c> is <c>stable-reinforce</c>.</summary>
    public static string Dashed<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    private T Wrong<T>(string key, string remedy)
    {
        var value = config.GetValue(key) is { } raw && raw.IsArray()
            ? HoconTree.Json(raw).ToString(Newtonsoft.Json.Formatting.None)
            : Text(key);
        _errors.Add($"{Place(key)}{key} = {(value.Length == 0 ? "\"\"" : value)}: {remedy}.");
        return default!;
    }

    private string Place(string key) => SourceOf(key) is { } source
        ? source.Positions.LineOf(key) is { } line ? $"{source.Name}:{line}: " : $"{source.Name}: "
        : "";

    private ConfigSource? SourceOf(string key) => sources.FirstOrDefault(source => source.Config.HasPath(key));
}
