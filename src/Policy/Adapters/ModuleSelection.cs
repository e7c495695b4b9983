using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Adapters;

/// <summary>A choice of a model's modules, in the three ways in which PEFT writes it.</summary>
/// <param name="Names">Last parts of module names: <c>q_proj</c>, <c>mlp.up_proj</c>.</param>
/// <param name="Pattern">A regular expression over the whole module name, instead of names.</param>
/// <param name="IsAllLinear">Every linear layer but the output layer, instead of either.</param>
public sealed record ModuleSelection(IReadOnlyList<string> Names, string? Pattern = null, bool IsAllLinear = false)
{
    private const string AllLinear = "all-linear";

    /// <summary>Some regular expressions take years for one name.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>Reads a setting: <c>all-linear</c>, a list of names, or a text that is a regular expression.</summary>
    /// <param name="written">The setting.</param>
    /// <param name="origin">File or key that it is from, named in errors.</param>
    /// <exception cref="UserErrorException">It is none of the three.</exception>
    public static ModuleSelection Parse(JToken? written, string origin) => written switch
    {
        JArray => new(ParseNames(written, origin)),
        { Type: JTokenType.String } text when (string?)text == AllLinear => new([], null, true),
        { Type: JTokenType.String } text => new([], CheckPattern((string)text!, origin)),
        _ => throw new UserErrorException(
            $"{origin} must be a list of module names, a regular expression or {AllLinear}"),
    };

    /// <summary>Reads a list of the last parts of module names.</summary>
    /// <exception cref="UserErrorException">It is none.</exception>
    internal static IReadOnlyList<string> ParseNames(JToken? written, string origin) =>
        written is JArray names && names.All(name => name.Type == JTokenType.String)
            ? [.. names.Select(name => (string)name!)]
            : throw new UserErrorException(
                $"{origin} must be a list of module names but is {ForeignValue.Shown(written!)}");

    /// <summary>The value as <c>adapter_config.json</c> has it.</summary>
    public JToken ToJson()
    {
        if (IsAllLinear)
        {
            return AllLinear;
        }

        return Pattern is not null ? Pattern : new JArray(Names.Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// Whether names or pattern choose a module, under any of the spellings of its name. A list of names that is empty
    /// chooses none, also where <see cref="IsAllLinear"/> is set.
    /// </summary>
    internal bool Includes(params ReadOnlySpan<string> spellings)
    {
        foreach (var name in spellings)
        {
            if (Pattern is not null ? IsMatch(Pattern, name) : Names.Any(end => IsEnd(end, name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The value of the first pattern that fits the end of a module name at a dot; the fallback where none does.
    /// </summary>
    internal static T ByPattern<T>(
        IReadOnlyList<(string Pattern, T Value)> patterns,
        T fallback,
        params string[] spellings)
    {
        foreach (var (pattern, value) in patterns)
        {
            if (spellings.Any(name => IsMatch($"(.*\\.)?({pattern})", name)))
            {
                return value;
            }
        }

        return fallback;
    }

    /// <summary>Gives the pattern back if it is a regular expression.</summary>
    /// <exception cref="UserErrorException">It is none.</exception>
    internal static string CheckPattern(string pattern, string origin)
    {
        try
        {
            _ = Regex.IsMatch("", pattern);
            return pattern;
        }
        catch (ArgumentException broken)
        {
            throw new UserErrorException($"{origin}: {pattern} is no regular expression: {broken.Message}", broken);
        }
    }

    private static bool IsEnd(string end, string name) =>
        name == end || name.EndsWith("." + end, StringComparison.Ordinal);

    private static bool IsMatch(string pattern, string wholeName)
    {
        try
        {
            return Regex.IsMatch(wholeName, $@"^(?:{pattern})\z", RegexOptions.CultureInvariant, _patience);
        }
        catch (RegexMatchTimeoutException slow)
        {
            throw new UserErrorException(
                $"the regular expression {pattern} takes more than {_patience.TotalSeconds} s for the module "
                + $"{wholeName}; write one without nested repetition",
                slow);
        }
    }
}
