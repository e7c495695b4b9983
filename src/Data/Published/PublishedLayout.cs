namespace R1Reward.Data.Published;

/// <summary>
/// The padded layout of the published trainer, for traces exchanged with it. Our own batches are padded on the right
/// and carry no action mask.
/// </summary>
public static class PublishedLayout
{
    /// <summary>A generated sequence with its masks.</summary>
    /// <param name="Tokens">Prompt padded on the left, response on the right, closed by an end token.</param>
    /// <param name="AttentionMask">1 from the first real token to the end token.</param>
    /// <param name="ActionMask">
    /// Per response token, 1 where the token before it is neither end nor padding; the first is always 1.
    /// </param>
    public sealed record Sequence(long[] Tokens, long[] AttentionMask, long[] ActionMask);

    /// <summary>
    /// Closes a generated sequence: the position after its last real token becomes the end token (the last position, if
    /// it never ended), and what lies outside is masked.
    /// </summary>
    public static Sequence Close(ReadOnlySpan<long> generated, int promptLength, long endToken, long padToken)
    {
        var tokens = generated.ToArray();
        bool IsReal(long token) => token != endToken && token != padToken;
        var first = Math.Max(0, Array.FindIndex(tokens, IsReal));
        var end = Math.Min(Array.FindLastIndex(tokens, IsReal) + 1, tokens.Length - 1);
        tokens[end] = endToken;
        var attention = new long[tokens.Length];
        attention.AsSpan(first..(end + 1)).Fill(1);
        var actions = new long[tokens.Length - promptLength];
        for (var t = 0; t < actions.Length; t++)
        {
            actions[t] = t == 0 || IsReal(tokens[promptLength - 1 + t]) ? 1 : 0;
        }

        return new(tokens, attention, actions);
    }

    /// <summary>
    /// Rows of different lengths as a rectangle padded on the left with zeros, so that all end at the right edge.
    /// </summary>
    public static T[][] PadLeft<T>(IReadOnlyList<T[]> rows)
        where T : struct
    {
        var width = rows.Max(row => row.Length);
        return [.. rows.Select(row => (T[])[.. new T[width - row.Length], .. row])];
    }

    /// <summary>Position ids of packed segments: from 0 in each; 0 on padding, whose segment number is 0.</summary>
    public static long[] PackedPositions(ReadOnlySpan<long> segments)
    {
        var positions = new long[segments.Length];
        for (var t = 1; t < segments.Length; t++)
        {
            positions[t] = segments[t] != 0 && segments[t] == segments[t - 1] ? positions[t - 1] + 1 : 0;
        }

        return positions;
    }
}
