namespace R1Reward.Actors.Coordination;

/// <summary>The order of ranks of which some are on one node.</summary>
internal static class RankOrder
{
    /// <summary>
    /// Neighbours exchange most of all, and so are on one node; but the copy of a neighbour's part would be lost there
    /// together with the part. A second time it changes nothing.
    /// </summary>
    /// <param name="names">The workers.</param>
    /// <param name="nodeOf">The node of each.</param>
    /// <param name="isApart">Whether neighbours are to be on different nodes, as far as that goes.</param>
    public static List<string> ByNode(
        IReadOnlyList<string> names, Func<string, string> nodeOf, bool isApart)
    {
        string[] nodes = [.. names.Select(nodeOf)];
        int Turn(int index) => isApart ? nodes.Take(index).Count(node => node == nodes[index]) : 0;
        return
        [
            .. names.Index()
                .OrderBy(one => Turn(one.Index))
                .ThenBy(one => Array.IndexOf(nodes, nodes[one.Index]))
                .Select(one => one.Item),
        ];
    }
}
