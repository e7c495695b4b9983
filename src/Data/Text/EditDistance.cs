namespace R1Reward.Data.Text;

/// <summary>
/// The edit distance of two texts (Levenshtein 1966): insertions, deletions and replacements of one character.
/// </summary>
public static class EditDistance
{
    /// <summary>
    /// The fewest edits that make one text the other, in UTF-16 code units; time is the product of the lengths.
    /// </summary>
    public static int Between(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, replaced);
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
