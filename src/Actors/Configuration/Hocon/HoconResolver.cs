using R1Reward.Data;

namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>Replaces the substitutions of a tree by what they stand for.</summary>
/// <remarks>
/// A substitution is looked for in the tree itself, then among the environment's variables, as HOCON says. The
/// defaults of reference.conf are not looked at: they are merged afterwards.
/// </remarks>
/// <param name="root">The tree.</param>
/// <param name="environment">An environment variable's value, or null.</param>
internal sealed class HoconResolver(ObjectNode root, Func<string, string?> environment)
{
    private const int BlockSize = 16;

    private readonly List<string> _underWay = [];
    private long _size;

    /// <summary>The tree with objects, lists and texts only.</summary>
    /// <exception cref="UserErrorException">
    /// A substitution finds nothing, leads to itself, or grows beyond the bounds.
    /// </exception>
    public ObjectNode Resolve() => ResolveObject(root);

    // Null: an optional substitution that found nothing.
    private HoconNode? Resolve(HoconNode node) => node switch
    {
        TextNode text => Count(text),
        ObjectNode block => ResolveObject(block),
        ListNode list => Count(new ListNode([.. list.Items.Select(Resolve).OfType<HoconNode>()], list.Place)),
        JoinedNode joined => ResolveJoined(joined),
        OverrideNode both => ResolveOverride(both),
        ReferenceNode reference => ResolveReference(reference),
        _ => throw new InvalidOperationException($"a configuration node of type {node.GetType().Name}"),
    };

    private ObjectNode ResolveObject(ObjectNode block)
    {
        var resolved = new ObjectNode(block.Place);
        Count(resolved);
        foreach (var (name, value, place) in block.Fields)
        {
            if (Resolve(value) is { } found)
            {
                resolved.Set(name, found, place);
            }
        }

        return resolved;
    }

    private HoconNode? ResolveJoined(JoinedNode joined)
    {
        var parts = joined.Parts.Select(Resolve).OfType<HoconNode>().ToList();
        var found = parts.Any(part => part is not TextNode { Text: var text } || !string.IsNullOrWhiteSpace(text));
        return parts.Count == 0 || (!found && joined.Parts.All(part => part is not TextNode { Text.Length: > 0 }))
            ? null
            : Count(HoconFields.Join(parts, joined.Place));
    }

    private HoconNode? ResolveOverride(OverrideNode both)
    {
        var later = Resolve(both.Later);
        return later switch
        {
            null => Resolve(both.Earlier),
            ObjectNode when Resolve(both.Earlier) is { } earlier => HoconFields.Merge(earlier, later),
            _ => later,
        };
    }

    private HoconNode? ResolveReference(ReferenceNode reference)
    {
        string[] relative = [.. reference.IncludedAt, .. reference.Path];
        var found = reference.IncludedAt.Count > 0 ? Find(relative, reference) : null;
        found ??= Find(reference.Path, reference);
        if (found is not null)
        {
            return found;
        }

        if (environment(string.Join('.', reference.Path)) is { } variable)
        {
            return Count(new TextNode(variable, reference.Place));
        }

        return reference.Optional ? null : throw HoconCursor.Error(
            reference.Place,
            $"{Shown(reference.Path)} is neither a key of this file nor an environment variable. "
            + "Set it, or write ${?...} if it may be missing.");
    }

    private HoconNode? Find(IReadOnlyList<string> path, ReferenceNode reference)
    {
        var name = string.Join('.', path);
        if (_underWay.Contains(name))
        {
            var cycle = string.Join(" -> ", _underWay.SkipWhile(key => key != name).Append(name));
            throw HoconCursor.Error(reference.Place, $"substitutions lead back to themselves: {cycle}.");
        }

        if (_underWay.Count >= HoconLimits.Depth)
        {
            throw HoconCursor.Error(
                reference.Place, $"more than {HoconLimits.Depth} substitutions lead from one to the next.");
        }

        _underWay.Add(name);
        HoconNode? node = root;
        foreach (var key in path)
        {
            var block = node is ObjectNode known ? known : node is null ? null : Resolve(node) as ObjectNode;
            node = block?.Find(key);
        }

        var found = node is null ? null : Resolve(node);
        _underWay.RemoveAt(_underWay.Count - 1);
        return found;
    }

    private HoconNode Count(HoconNode node)
    {
        // A block or list costs as much as a short text.
        _size += node is TextNode text ? text.Text.Length + 1 : BlockSize;
        return _size <= HoconLimits.Size ? node : throw HoconCursor.Error(
            node.Place, $"the values of this file are more than {HoconLimits.Size >> 20} Mi characters long.");
    }

    private static string Shown(IEnumerable<string> path) => "${" + string.Join('.', path) + "}";
}
