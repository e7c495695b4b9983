namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>How values are put together: a key that is set twice, and values that stand beside each other.</summary>
internal static class HoconFields
{
    /// <summary>Sets the field that <paramref name="path"/> leads to, making the objects on the way.</summary>
    /// <param name="block">Where the path starts.</param>
    /// <param name="path">Keys from the block.</param>
    /// <param name="full">Keys from the root: a value that refers to its own key means the value before it.</param>
    /// <param name="value">What is set.</param>
    /// <param name="appends">Whether the value becomes a further entry of a list (<c>+=</c>).</param>
    /// <param name="place">Where the key stands.</param>
    public static void Set(
        ObjectNode block,
        IReadOnlyList<string> path,
        IReadOnlyList<string> full,
        HoconNode value,
        bool appends,
        HoconPlace place)
    {
        foreach (var name in path.SkipLast(1))
        {
            var inner = block.Find(name);
            if (inner is not ObjectNode nested)
            {
                nested = new ObjectNode(place);
                block.Set(name, inner is null || !IsOpen(inner) ? nested : new OverrideNode(inner, nested), place);
            }

            block = nested;
        }

        var earlier = block.Find(path[^1]);
        if (ReplaceSelf(value, earlier, full) is not { } set)
        {
            return;
        }

        if (appends)
        {
            var entry = new ListNode([set], place);
            set = earlier is null ? entry : Join([earlier, entry], place);
        }
        else if (earlier is not null)
        {
            set = Merge(earlier, set);
        }

        block.Set(path[^1], set, place);
    }

    /// <summary>What holds of two values of one key: objects are merged, anything else is replaced.</summary>
    public static HoconNode Merge(HoconNode earlier, HoconNode later)
    {
        if (IsOpen(later) || (later is ObjectNode && IsOpen(earlier)))
        {
            var both = new OverrideNode(earlier, later);
            return both.Length <= HoconLimits.Depth ? both : throw HoconCursor.Error(
                later.Place, $"one key is set with substitutions more than {HoconLimits.Depth} times.");
        }

        if (earlier is not ObjectNode below || later is not ObjectNode above)
        {
            return later;
        }

        var merged = new ObjectNode(below.Place);
        foreach (var (name, value, place) in below.Fields)
        {
            merged.Set(name, value, place);
        }

        foreach (var (name, value, place) in above.Fields)
        {
            merged.Set(name, merged.Find(name) is { } old ? Merge(old, value) : value, place);
        }

        return merged;
    }

    /// <summary>Puts values that stand beside each other together as far as their substitutions allow.</summary>
    /// <exception cref="Data.UserErrorException">A list or an object stands beside a text.</exception>
    public static HoconNode Join(IReadOnlyList<HoconNode> parts, HoconPlace place)
    {
        // White space is between values: it goes with an optional substitution that found nothing.
        parts = [.. parts.SkipWhile(IsSeparator).Reverse().SkipWhile(IsSeparator).Reverse()];
        if (parts.Count < 2)
        {
            return parts.Count == 1 ? parts[0] : new TextNode("", place);
        }

        if (parts.Any(IsOpen))
        {
            return new JoinedNode(parts, place);
        }

        var size = parts.Sum(
            part => part is TextNode text ? text.Text.Length : part is ListNode list ? list.Items.Count : 1L);
        if (size > HoconLimits.Size)
        {
            throw HoconCursor.Error(
                place, $"substitutions make more than {HoconLimits.Size >> 20} Mi characters here.");
        }

        if (parts.All(part => part is TextNode))
        {
            return new TextNode(string.Concat(parts.Select(part => ((TextNode)part).Text)), place);
        }

        var values = parts.Where(
            part => part is not TextNode { Text: var text } || !string.IsNullOrWhiteSpace(text)).ToList();
        if (values.All(part => part is ListNode))
        {
            return new ListNode([.. values.SelectMany(part => ((ListNode)part).Items)], place);
        }

        if (values.All(part => part is ObjectNode))
        {
            return values.Aggregate(Merge);
        }

        throw HoconCursor.Error(
            place, "a text, a list and an object cannot be put together. Put a comma between them, or quotes.");
    }

    private static bool IsSeparator(HoconNode node) => node is TextNode { IsSeparator: true };

    private static bool IsOpen(HoconNode node) => node is ReferenceNode or JoinedNode or OverrideNode;

    // A value that refers to its own key looks back at the value that the key had before. Null: there is none, and the
    // substitution is optional.
    private static HoconNode? ReplaceSelf(HoconNode value, HoconNode? earlier, IReadOnlyList<string> full)
    {
        switch (value)
        {
            case ReferenceNode reference when reference.Path.SequenceEqual(full):
                return earlier is not null || reference.Optional ? earlier : throw HoconCursor.Error(
                    reference.Place, $"{string.Join('.', full)} refers to itself and has no earlier value.");
            case JoinedNode joined when joined.Parts.Any(
                part => part is ReferenceNode own && own.Path.SequenceEqual(full)):
                var parts = joined.Parts.Select(part => ReplaceSelf(part, earlier, full)).OfType<HoconNode>().ToList();
                return Join(parts, joined.Place);
            default:
                return value;
        }
    }
}
