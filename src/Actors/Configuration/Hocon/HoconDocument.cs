using System.Text;
using R1Reward.Data;

namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>
/// A configuration text, read strictly and with its places: the door that every text from a user passes before
/// Akka.NET's parser sees it.
/// </summary>
/// <remarks>
/// Akka.NET's parser knows no lines, accepts a missing or surplus brace, and does not return from some texts. It is
/// given <see cref="Canonical"/> only: plain fields, every text in quotes, nothing to substitute.
/// </remarks>
internal sealed class HoconDocument
{
    private readonly Dictionary<string, HoconPlace> _places = new(StringComparer.Ordinal);
    private readonly StringBuilder _canonical = new();

    private readonly List<string> _keys = [];
    private readonly List<string> _nulls = [];

    private HoconDocument(ObjectNode root)
    {
        Write(root, "", 0);
    }

    /// <summary>Dotted paths of all values in the order of the text; a list counts as one value.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>Those of them whose value is null, which HOCON takes for "not set".</summary>
    public IReadOnlyList<string> Nulls => _nulls;

    /// <summary>The same configuration in the simplest spelling.</summary>
    public string Canonical => _canonical.ToString();

    /// <summary>Reads a file and what it includes.</summary>
    /// <exception cref="UserErrorException">With file, line and column.</exception>
    public static HoconDocument Read(string path, Func<string, string?> environment)
    {
        var full = Path.GetFullPath(path);
        var includes = new HoconIncludes(Path.GetDirectoryName(full)!, [], [full]);
        return Parse(HoconText.Read(path), path, includes, environment);
    }

    /// <summary>Reads a text that comes from no file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Its name for messages.</param>
    /// <param name="folder">Where included files are looked for.</param>
    /// <param name="environment">An environment variable's value, or null.</param>
    public static HoconDocument Parse(string text, string name, string folder, Func<string, string?> environment) =>
        Parse(text, name, new HoconIncludes(Path.GetFullPath(folder), [], []), environment);

    /// <summary>Where a key was last set; the place of the nearest enclosing block that has one, or null.</summary>
    public HoconPlace? PlaceOf(string key)
    {
        for (var part = key; part.Length > 0; part = part[..Math.Max(part.LastIndexOf('.'), 0)])
        {
            if (_places.TryGetValue(part, out var place))
            {
                return place;
            }
        }

        return null;
    }

    private static HoconDocument Parse(
        string text, string name, HoconIncludes includes, Func<string, string?> environment)
    {
        var root = new ObjectNode(new HoconPlace(name, 1, 1));
        new HoconParser(new HoconCursor(text, name), includes).ReadInto(root, []);
        return new HoconDocument(new HoconResolver(root, environment).Resolve());
    }

    private void Write(ObjectNode block, string path, int depth)
    {
        CheckDepth(block, depth);
        foreach (var (name, value, place) in block.Fields)
        {
            var key = HoconTree.Join(path, name);
            _places[key] = place;
            _canonical.Append(HoconTree.Quote(name));
            if (value is ObjectNode inner)
            {
                _canonical.Append(" {\n");
                Write(inner, key, depth + 1);
                _canonical.Append("}\n");
            }
            else
            {
                _keys.Add(key);
                if (value is TextNode { IsNull: true })
                {
                    _nulls.Add(key);
                }

                _canonical.Append(" = ").Append(Inline(value, depth + 1)).Append('\n');
            }
        }
    }

    private static string Inline(HoconNode value, int depth)
    {
        CheckDepth(value, depth);
        switch (value)
        {
            case TextNode text:
                return HoconTree.Quote(text.Text);
            case ListNode list:
                return "[" + string.Join(", ", list.Items.Select(item => Inline(item, depth + 1))) + "]";
            case ObjectNode block:
                var fields = block.Fields.Select(
                    entry => $"{HoconTree.Quote(entry.Name)} = {Inline(entry.Value, depth + 1)}");
                // Akka.NET takes a blank after a text for a part of it.
                return "{ " + string.Join(", ", fields) + "}";
            default:
                throw new InvalidOperationException($"a resolved configuration holds a {value.GetType().Name}");
        }
    }

    // Substitutions can put deep values into deep places.
    private static void CheckDepth(HoconNode node, int depth)
    {
        if (depth > 2 * HoconLimits.Depth)
        {
            throw HoconCursor.Error(
                node.Place, $"with its substitutions this lies more than {2 * HoconLimits.Depth} deep.");
        }
    }
}
