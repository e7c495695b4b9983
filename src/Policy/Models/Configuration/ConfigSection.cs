using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// One object of a <c>config.json</c> as its readers see it: null counts as missing, and what is wrong is collected, so
/// that a user is told all of it at once.
/// </summary>
/// <param name="json">The object.</param>
/// <param name="problems">Receives what is wrong, one sentence each.</param>
internal sealed class ConfigSection(JObject json, List<string> problems)
{
    /// <summary>What was found wrong so far, in this section and those that share the list.</summary>
    internal List<string> Problems => problems;

    /// <summary>The object itself, for what the members here do not read.</summary>
    internal JObject Json => json;

    /// <summary>The value of a key; null where it is missing or null.</summary>
    internal JToken? this[string key] => json[key] is { Type: not JTokenType.Null } value ? value : null;

    /// <summary>An object inside this one; null where there is none.</summary>
    internal ConfigSection? Section(string key) => this[key] is JObject inner ? new(inner, problems) : null;

    /// <summary>A size: a whole number above 0. One that is wrong is a problem and reads as 0.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What a missing key means; null: it must be there.</param>
    internal int Size(string key, int? otherwise = null)
    {
        if (otherwise is { } usual && this[key] is null)
        {
            return usual;
        }

        if (this[key] is { Type: JTokenType.Integer } value && (long)value is > 0 and <= int.MaxValue)
        {
            return (int)value;
        }

        problems.Add($"{key} must be a positive whole number but is {this[key] ?? "missing"}");
        return 0;
    }
}
