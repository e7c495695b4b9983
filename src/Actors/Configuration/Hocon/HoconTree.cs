using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Newtonsoft.Json.Linq;

namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>Reads a configuration as a tree: its keys, and a text that parses back to the same tree.</summary>
/// <remarks>
/// Akka.NET's own <c>ToString</c> escapes nothing and cannot print an empty list, hence a printer of our own.
/// </remarks>
internal static class HoconTree
{
    /// <summary>Dotted paths of all values (lists count as one value).</summary>
    public static IEnumerable<string> Leaves(Config config) => config.IsEmpty ? [] : Leaves(config.Root, "");

    /// <summary>Prints the part of a configuration under <paramref name="path"/>, fallbacks merged in.</summary>
    public static string Print(Config config, string path)
    {
        var text = new StringBuilder();
        Print(config.GetValue(path), path, 0, text);
        return text.ToString();
    }

    /// <summary>A value as JSON; scalars are texts.</summary>
    public static JToken Json(HoconValue value)
    {
        if (value.IsObject())
        {
            return new JObject(value.GetObject().Items.Select(item => new JProperty(item.Key, Json(item.Value))));
        }

        return IsList(value) ? new JArray(value.GetArray().Select(Json)) : new JValue(Text(value));
    }

    /// <summary>
    /// The text of a scalar with the blanks and line ends around it, which Akka.NET's <c>GetString</c> cuts off even
    /// within quotes; null for null and for what is no scalar.
    /// </summary>
    public static string? Text(HoconValue value) =>
        value.Values is [HoconLiteral { Value: not "null" and var text }] ? text : value.GetString();

    /// <summary>Whether a value is a list. Akka.NET's <c>IsArray</c> says no of an empty one.</summary>
    public static bool IsList(HoconValue value) => value.Values.Any(part => part is HoconArray) || value.IsArray();

    private static IEnumerable<string> Leaves(HoconValue value, string path)
    {
        if (!value.IsObject())
        {
            return path.Length > 0 ? [path] : [];
        }

        return value.GetObject().Items.SelectMany(item =>
            Leaves(item.Value, Join(path, item.Key)));
    }

    /// <summary>The dotted path of a key in a block; a name that holds a dot itself stands in quotes.</summary>
    public static string Join(string path, string name)
    {
        var shown = name.Contains('.') || name.Length == 0 ? $"\"{name}\"" : name;
        return path.Length > 0 ? $"{path}.{shown}" : shown;
    }

    private static void Print(HoconValue value, string key, int depth, StringBuilder text)
    {
        text.Append(' ', depth * 2).Append(key);
        if (value.IsObject())
        {
            text.Append(" {\n");
            foreach (var (name, item) in value.GetObject().Items)
            {
                Print(item, name.Contains('.') ? Quote(name) : name, depth + 1, text);
            }

            text.Append(' ', depth * 2).Append("}\n");
        }
        else
        {
            text.Append(" = ").Append(Inline(value)).Append('\n');
        }
    }

    private static string Inline(HoconValue value)
    {
        if (value.IsObject())
        {
            var items = value.GetObject().Items.Select(item => $"{Quote(item.Key)} = {Inline(item.Value)}");
            return "{ " + string.Join(", ", items) + " }";
        }

        return IsList(value)
            ? "[" + string.Join(", ", value.GetArray().Select(Inline)) + "]"
            : Scalar(Text(value));
    }

    // A null that was written as an empty text would be read back as one. Blanks around a text hold in quotes alone.
    private static string Scalar(string? text) => text is null ? "null"
        : text.Length > 0 && text == text.Trim() && text.All(IsPlain) ? text
        : Quote(text);

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ' ';

    /// <summary>A text in quotes, with escapes for what cannot stand in them.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
