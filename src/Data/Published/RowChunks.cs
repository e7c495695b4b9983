namespace R1Reward.Data.Published;

/// <summary>The evaluators' division of a file into chunks of consecutive rows.</summary>
public static class RowChunks
{
    /// <summary>Chunks of ceil(rows / chunks) rows, the last one smaller; there may be fewer than asked for.</summary>
    public static IReadOnlyList<Range> Divide(int rows, int chunks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1);
        var size = Math.Max(1, (rows + chunks - 1) / chunks);
        var count = (rows + size - 1) / size;
        return [.. Enumerable.Range(0, count).Select(i => (i * size)..Math.Min(rows, (i + 1) * size))];
    }
}
