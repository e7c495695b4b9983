using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Adapters;

/// <summary>Which modules of a model an adapter means, in the three ways in which PEFT writes it.</summary>
/// <param name="Names">Last parts of module names: <c>q_proj</c>, <c>mlp.up_proj</c>.</param>
/// <param name="Pattern">A regular expression over the whole module name, instead of names.</param>
/// <param name="IsAllLinear">Every linear layer but the output layer, instead of either.</param>
public sealed record ModuleSelection(IReadOnlyList<string> Names, string? Pattern = null, bool IsAllLinear = false)
{
    private const string AllLinear = "all-linear";

    /// <summary>Reads what a user or a file says: <c>all-linear</c>, a list, or a text that is a regular expression.</summary>
    /// <exception cref="UserErrorException">It is neither, or no regular expression.</exception>
    public static ModuleSelection Parse(JToken? written, string origin) => written switch
    {
        JArray names => new([.. names.Select(name => (string)name!)]),
        { Type: JTokenType.String } text when (string?)text == AllLinear => new([], null, true),
        { Type: JTokenType.String } text => new([], Checked((string)text!, origin)),
        _ => throw new UserErrorException($"{origin} must be a list of module names, a regular expression or {AllLinear}"),
    };

    /// <summary>Whether a module is meant; a regular expression may fit any of the spellings of its name.</summary>
    public bool Includes(params ReadOnlySpan<string> spellings)
    {
        foreach (var name in spellings)
        {
            if (Pattern is not null ? Whole(Pattern, name) : Names.Any(end => IsEnd(end, name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How <c>adapter_config.json</c> has it.</summary>
    public JToken ToJson() => IsAllLinear ? AllLinear : Pattern is not null ? Pattern : new JArray(Names.Order(StringComparer.Ordinal));

    /// <summary>The value of the first pattern that fits the end of a module name at a dot; the fallback where none does.</summary>
    internal static T ByPattern<T>(IReadOnlyList<(string Pattern, T Value)> patterns, T fallback, params string[] spellings)
    {
        foreach (var (pattern, value) in patterns)
        {
            if (spellings.Any(name => Whole($"(.*\\.)?({pattern})", name)))
            {
                return value;
            }
        }

        return fallback;
    }

    internal static string Checked(string pattern, string origin)
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

    private static bool IsEnd(string end, string name) => name == end || name.EndsWith("." + end, StringComparison.Ordinal);

    private static bool Whole(string pattern, string name) => Regex.IsMatch(name, $@"^(?:{pattern})\z", RegexOptions.CultureInvariant);
}
