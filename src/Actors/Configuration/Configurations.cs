using System.Reflection;
using Akka.Configuration;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Merges configuration: command line over environment over the user's file over reference.conf, which is the manual of
/// every key.
/// </summary>
public static class Configurations
{
    /// <summary>The environment variables that are read, with the keys they set.</summary>
    public static IReadOnlyList<(string Variable, string Key)> EnvironmentKeys { get; } =
    [
        ("R1_RUN_NAME", "r1reward.run.name"),
        ("R1_RUNS_FOLDER", "r1reward.run.folder"),
        ("R1_SEED", "r1reward.run.seed"),
        ("R1_HOST", "akka.remote.dot-netty.tcp.hostname"),
        ("R1_PORT", "akka.remote.dot-netty.tcp.port"),
        ("R1_SEED_NODES", "akka.cluster.seed-nodes"),
        ("R1_BULK_HOST", "r1reward.node.bulk.host"),
        ("R1_ROLES", "r1reward.node.roles"),
        ("R1_FOUND", "r1reward.node.found"),
    ];

    /// <summary>The defaults: <c>reference.conf</c>, which documents every key.</summary>
    public static Config Reference { get; } = ReadReference();

    /// <summary>Dotted paths of all keys of <see cref="Reference"/>.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. HoconTree.Leaves(Reference)];

    /// <summary>
    /// Merges a file (or none) with the environment and <c>key=value</c> overrides, and refuses unknown keys.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// The file is missing or wrong, or an override is not <c>key=value</c>.
    /// </exception>
    public static EffectiveConfiguration Load(
        string? path, IReadOnlyList<string> overrides, Func<string, string?> environment)
    {
        var sources = new List<ConfigSource>();
        AddLines(sources, overrides.Select(Override), "command line");
        var variables = EnvironmentKeys
            .Select(entry => (entry.Key, Value: environment(entry.Variable)))
            .Where(entry => !string.IsNullOrEmpty(entry.Value))
            .Select(entry => Assign(entry.Key, entry.Value!.Trim()));
        AddLines(sources, variables, "environment");
        if (path is not null)
        {
            sources.Add(ConfigSource.FromFile(path));
        }

        return Merge(sources);
    }

    /// <summary>Merges the settings of a submitted run, which are complete, over reference.conf.</summary>
    public static EffectiveConfiguration FromSubmission(string text) =>
        Merge([ConfigSource.FromText(text, "submitted run", Environment.CurrentDirectory) with { IsComplete = true }]);

    private static void AddLines(List<ConfigSource> sources, IEnumerable<string> lines, string name)
    {
        var text = string.Join('\n', lines);
        if (text.Length > 0)
        {
            sources.Add(ConfigSource.FromText(text, name, Environment.CurrentDirectory));
        }
    }

    private static EffectiveConfiguration Merge(IReadOnlyList<ConfigSource> sources)
    {
        foreach (var source in sources)
        {
            UnknownKeys.Refuse(source, Reference);
        }

        var merged = sources.Aggregate(Config.Empty, (above, source) => above.WithFallback(source.Config));
        return new EffectiveConfiguration(merged.WithFallback(Reference), sources);
    }

    private static string Override(string text)
    {
        var equals = text.IndexOf('=');
        if (equals <= 0)
        {
            throw new UserErrorException($"--set {text}: write KEY=VALUE, for example --set r1reward.rl.steps=10.");
        }

        return Assign(text[..equals].Trim(), text[(equals + 1)..].Trim());
    }

    // What is written as HOCON stays so. Other texts are quoted, since unquoted HOCON cannot hold a colon; a list may
    // be written without brackets and quotes.
    private static string Assign(string key, string value)
    {
        if (IsHocon(value))
        {
            return $"{key} = {value}";
        }

        if (!Lists.Contains(key))
        {
            return $"{key} = {Quote(value)}";
        }

        const StringSplitOptions options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var items = value.Trim('[', ']').Split(',', options).Select(Quote);
        return $"{key} = [{string.Join(", ", items)}]";
    }

    private static bool IsHocon(string value)
    {
        if (value is not ['[' or '{', ..])
        {
            return false;
        }

        try
        {
            HoconDocument.Parse($"value = {value}", "", ".", _ => null);
            return true;
        }
        catch (UserErrorException)
        {
            // A list such as [http://127.0.0.1:8000/v1] is read entry by entry.
            return false;
        }
    }

    private static string Quote(string value)
    {
        var escaped = value.Trim('"').Replace("\\", "\\\\", StringComparison.Ordinal);
        return $"\"{escaped.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    private static HashSet<string> Lists { get; } = Keys
        .Where(key => HoconTree.IsList(Reference.GetValue(key)))
        .ToHashSet(StringComparer.Ordinal);

    private static Config ReadReference()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("reference.conf")!;
        return ConfigurationFactory.ParseString(new StreamReader(stream).ReadToEnd());
    }
}
