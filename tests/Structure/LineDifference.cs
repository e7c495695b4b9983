namespace R1Reward.Structure.Tests;

/// <summary>What one listing of namespaces, types and members has and another has not, for people to read.</summary>
internal static class LineDifference
{
    private const int Indent = 4;

    /// <summary>
    /// Lines of <paramref name="before"/> alone with a minus, then those of <paramref name="after"/> alone with a plus,
    /// each behind the lines that it stands under.
    /// </summary>
    public static IReadOnlyList<string> Between(string before, string after)
    {
        var (missing, added) = (WithPaths(before), WithPaths(after));
        return
        [
            .. missing.Except(added).Select(line => "- " + line),
            .. added.Except(missing).Select(line => "+ " + line),
        ];
    }

    private static List<string> WithPaths(string listing)
    {
        List<string> named = [];
        List<string> path = [];
        foreach (var line in listing.Split('\n').Where(line => line.Trim() is not ("" or "{" or "}")))
        {
            var depth = (line.Length - line.TrimStart().Length) / Indent;
            path = [.. path.Take(depth), line.Trim()];
            named.Add(string.Join(" / ", path));
        }

        return named;
    }
}
