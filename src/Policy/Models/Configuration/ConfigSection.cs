using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// One object of a <c>config.json</c> as its readers see it: null counts as missing, and what is wrong is collected by
/// key, so that a user reads all of it in one message.
/// </summary>
/// <param name="json">The object.</param>
/// <param name="problems">Receives what is wrong, one sentence each.</param>
/// <param name="prefix">The keys that lead to the object, each with a dot after it.</param>
internal sealed class ConfigSection(JObject json, List<string> problems, string prefix = "")
{
    /// <summary>Largest width of a layer: no model comes near, and products of two stay within 64 bits.</summary>
    internal const int MaxWidth = 1 << 24;

    /// <summary>Most layers, heads or experts: a file that asks for more is broken.</summary>
    internal const int MaxCount = 1 << 14;

    /// <summary>What was found wrong so far, in this section and those that share the list.</summary>
    internal List<string> Problems => problems;

    /// <summary>The keys that lead to the object, each with a dot after it.</summary>
    internal string Prefix => prefix;

    /// <summary>The object itself, for what the members here do not read.</summary>
    internal JObject Json => json;

    /// <summary>The value of a key; null where it is missing or null.</summary>
    internal JToken? this[string key] => json[key] is { Type: not JTokenType.Null } value ? value : null;

    /// <summary>An object inside this one; null where there is none.</summary>
    internal ConfigSection? Section(string key) => this[key] switch
    {
        null => null,
        JObject inner => new(inner, problems, $"{prefix}{key}."),
        var other => Wrong<ConfigSection?>(key, "an object", other, null),
    };

    /// <summary>A size: a whole number above 0. One that is wrong is a problem and reads as 0.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What a missing key means; null: it must be there.</param>
    /// <param name="max">Largest value that makes sense.</param>
    internal int Size(string key, int? otherwise = null, int max = MaxWidth)
    {
        if (otherwise is { } usual && this[key] is null)
        {
            return usual;
        }

        return Whole(this[key], 1, max) ?? Wrong(key, $"a whole number from 1 to {max}", this[key], 0);
    }

    /// <summary>A whole number from 0 on; one that is wrong is a problem and reads as 0.</summary>
    internal int Index(string key, int otherwise) => this[key] is null
        ? otherwise
        : Whole(this[key], 0, int.MaxValue) ?? Wrong(key, "a whole number from 0 on", this[key], 0);

    /// <summary>A finite number above 0; null where the key is missing, or wrong, which is a problem.</summary>
    internal double? Positive(string key) => Number(key) switch
    {
        null => null,
        > 0 and var number => number,
        _ => Wrong<double?>(key, "above 0", this[key], null),
    };

    /// <summary>A finite number; null where the key is missing, or wrong, which is a problem.</summary>
    internal double? Number(string key) => this[key] switch
    {
        null => null,
        { Type: JTokenType.Integer or JTokenType.Float } value when double.IsFinite((double)value) => (double)value,
        var other => Wrong<double?>(key, "a finite number", other, null),
    };

    /// <summary>True or false; null where the key is missing, or wrong, which is a problem.</summary>
    internal bool? Flag(string key) => this[key] switch
    {
        null => null,
        { Type: JTokenType.Boolean } value => (bool)value,
        var other => Wrong<bool?>(key, "true or false", other, null),
    };

    /// <summary>A text; null where the key is missing, or wrong, which is a problem.</summary>
    internal string? Text(string key) => this[key] switch
    {
        null => null,
        { Type: JTokenType.String } value => (string?)value,
        var other => Wrong<string?>(key, "a text", other, null),
    };

    /// <summary>The key that names the id which stands for a medium: it ends in either of two ways.</summary>
    /// <param name="medium">For example <c>image</c>.</param>
    internal string TokenKey(string medium) =>
        this[medium + "_token_id"] is null && this[medium + "_token_index"] is not null
            ? medium + "_token_index"
            : medium + "_token_id";

    /// <summary>Whole numbers from 0 on; null where the key is missing, or wrong, which is a problem.</summary>
    internal int[]? Indices(string key)
    {
        if (this[key] is not { } value)
        {
            return null;
        }

        var numbers = (value as JArray)?.Select(item => Whole(item, 0, int.MaxValue)).ToList();
        return numbers?.All(number => number is not null) == true
            ? [.. numbers.OfType<int>()]
            : Wrong<int[]?>(key, "a list of whole numbers from 0 on", value, null);
    }

    private static int? Whole(JToken? value, int min, int max) =>
        value is JValue { Type: JTokenType.Integer, Value: long number } && number >= min && number <= max
            ? (int)number
            : null;

    private T Wrong<T>(string key, string expected, JToken? value, T instead)
    {
        var found = value is null ? "missing" : ForeignValue.Shown(value);
        problems.Add($"{prefix}{key} must be {expected} but is {found}");
        return instead;
    }
}
