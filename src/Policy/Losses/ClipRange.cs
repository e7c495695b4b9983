namespace R1Reward.Policy.Losses;

/// <summary>
/// Ratios of new to old probability within which a loss trusts a token. Beyond <see cref="High"/> a token with a
/// positive advantage has no gradient, below <see cref="Low"/> one with a negative advantage has none.
/// </summary>
/// <param name="Low">Smallest trusted ratio; 0: none.</param>
/// <param name="High">Largest trusted ratio; infinite: none.</param>
/// <param name="WholeSequence">
/// Whether the ratio is that of the whole response, the geometric mean over its tokens.
/// </param>
/// <param name="Cap">
/// Bound on the ratio itself, taken before it is compared, as published: a cap at or below <see cref="High"/>
/// (two-sided GRPO) leaves nothing beyond it. Infinite: none.
/// </param>
public readonly record struct ClipRange(
    double Low,
    double High,
    bool WholeSequence = false,
    double Cap = double.PositiveInfinity)
{
    /// <summary>The range in which every ratio is trusted.</summary>
    public static ClipRange None { get; } = new(0, double.PositiveInfinity);

    /// <summary>The range from 1 - <paramref name="low"/> to 1 + <paramref name="high"/>.</summary>
    public static ClipRange Around(double low, double high) => new(1 - low, 1 + high);

    /// <summary>Whether a token of an advantage is clipped because its ratio is too low.</summary>
    public bool IsClippedLow(double ratio, double advantage) => advantage < 0 && Math.Min(ratio, Cap) < Low;

    /// <summary>Whether a token of an advantage is clipped because its ratio is too high.</summary>
    public bool IsClippedHigh(double ratio, double advantage) => advantage > 0 && Math.Min(ratio, Cap) > High;
}
