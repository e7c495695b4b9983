using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Files;

namespace R1Reward.Policy.Heads;

/// <summary>Texts as rows of token ids of one length, as scalar models read them.</summary>
/// <param name="InputIds">The ids of each row, padding included.</param>
/// <param name="AttentionMask">1 for tokens of the text, 0 for padding.</param>
public sealed record BatchEncoding(IReadOnlyList<int[]> InputIds, IReadOnlyList<int[]> AttentionMask)
{
    /// <summary>Encodes texts, then cuts and fills their rows.</summary>
    /// <param name="tokenizer">Its configuration gives the sides that the options leave open.</param>
    /// <param name="texts">Trusted texts: control tokens written in them become control tokens.</param>
    /// <param name="options">How rows are filled and cut.</param>
    /// <exception cref="ArgumentException">A length is needed and not given.</exception>
    public static BatchEncoding Encode(Tokenizer tokenizer, IEnumerable<string> texts, BatchOptions options)
    {
        var needsLength = options.Truncation || options.Padding == PaddingRule.MaxLength;
        if (needsLength && options.MaxLength is null or < 0)
        {
            throw new ArgumentException(
                "Truncation and padding to a length need a length of 0 or more.", nameof(options));
        }

        var paddingSide = options.PaddingSide ?? tokenizer.Config.PaddingSide;
        var truncationSide = options.TruncationSide ?? tokenizer.Config.TruncationSide;
        var rows = texts.Select(tokenizer.Encode)
            .Select(row => options.Truncation ? Cut(row, options.MaxLength!.Value, truncationSide) : row)
            .ToList();
        var length = Length(rows, options);
        return new BatchEncoding(
            [.. rows.Select(row => Fill(row, length, tokenizer.PadId, paddingSide))],
            [.. rows.Select(row => Fill([.. row.Select(_ => 1)], length, 0, paddingSide))]);
    }

    /// <summary>The length that rows are filled to; 0 where they keep their own.</summary>
    private static int Length(IReadOnlyList<int[]> rows, BatchOptions options)
    {
        var length = options.Padding switch
        {
            PaddingRule.Longest => rows.Select(row => row.Length).DefaultIfEmpty().Max(),
            PaddingRule.MaxLength => options.MaxLength!.Value,
            _ => 0,
        };
        return options.Padding != PaddingRule.None && options.PadToMultipleOf is > 0 and var multiple
            ? (length + multiple - 1) / multiple * multiple
            : length;
    }

    private static int[] Cut(int[] row, int length, Side side)
    {
        if (row.Length <= length)
        {
            return row;
        }

        return side == Side.Left ? row[^length..] : row[..length];
    }

    private static int[] Fill(int[] row, int length, int value, Side side)
    {
        var filling = Enumerable.Repeat(value, Math.Max(length - row.Length, 0));
        return side == Side.Left ? [.. filling, .. row] : [.. row, .. filling];
    }
}
