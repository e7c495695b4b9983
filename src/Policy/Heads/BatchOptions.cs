using R1Reward.Policy.Tokenization.Files;

namespace R1Reward.Policy.Heads;

/// <summary>How texts are made into rows of a batch.</summary>
public sealed record BatchOptions
{
    /// <summary>The rule for the length that rows are filled to.</summary>
    public PaddingRule Padding { get; init; } = PaddingRule.Longest;

    /// <summary>Whether rows are cut to <see cref="MaxLength"/>.</summary>
    public bool Truncation { get; init; }

    /// <summary>
    /// Number of tokens; needed for <see cref="Truncation"/> and <see cref="PaddingRule.MaxLength"/>.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Round the filled length up to a multiple of this; null: as it is.</summary>
    public int? PadToMultipleOf { get; init; }

    /// <summary>Where rows are filled; null: as the tokenizer's configuration says.</summary>
    public Side? PaddingSide { get; init; }

    /// <summary>Where rows are cut; null: as the tokenizer's configuration says.</summary>
    public Side? TruncationSide { get; init; }
}
