using R1Reward.Policy.Tokenization.Files;

namespace R1Reward.Policy.Tokenization;

/// <summary>Texts as rows of token ids.</summary>
/// <param name="InputIds">The ids of each row, padding included.</param>
/// <param name="AttentionMask">1 for tokens of the text, 0 for padding.</param>
public sealed record BatchEncoding(IReadOnlyList<int[]> InputIds, IReadOnlyList<int[]> AttentionMask)
{
    /// <summary>Cuts and fills rows.</summary>
    /// <param name="rows">The ids of each text.</param>
    /// <param name="options">How; the sides must be set.</param>
    /// <param name="padId">What rows are filled with.</param>
    /// <exception cref="ArgumentException">A length is needed and not given.</exception>
    internal static BatchEncoding Of(IEnumerable<int[]> rows, BatchOptions options, int padId)
    {
        var needsLength = options.Truncation || options.Padding == PaddingRule.MaxLength;
        if (needsLength && options.MaxLength is null or < 0)
        {
            throw new ArgumentException("Truncation and padding to a length need a length of 0 or more.", nameof(options));
        }

        var cut = rows.Select(row => options.Truncation ? Cut(row, options.MaxLength!.Value, options.TruncationSide) : row).ToList();
        var length = options.Padding switch
        {
            PaddingRule.Longest => cut.Select(row => row.Length).DefaultIfEmpty().Max(),
            PaddingRule.MaxLength => options.MaxLength!.Value,
            _ => 0,
        };
        if (options.Padding != PaddingRule.None && options.PadToMultipleOf is > 0 and var multiple)
        {
            length = (length + multiple - 1) / multiple * multiple;
        }

        return new BatchEncoding(
            [.. cut.Select(row => Fill(row, length, padId, options.PaddingSide))],
            [.. cut.Select(row => Fill([.. row.Select(_ => 1)], length, 0, options.PaddingSide))]);
    }

    private static int[] Cut(int[] row, int length, Side? side) => row.Length <= length ? row : side == Side.Left ? row[^length..] : row[..length];

    private static int[] Fill(int[] row, int length, int value, Side? side)
    {
        var filling = Enumerable.Repeat(value, Math.Max(length - row.Length, 0));
        return side == Side.Left ? [.. filling, .. row] : [.. row, .. filling];
    }
}
