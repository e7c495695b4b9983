namespace R1Reward.Policy.Losses;

/// <summary>
/// Ratios of new to old probability within which a loss trusts a token. Beyond <see cref="High"/> a token with a positive
/// advantage has no gradient, below <see cref="Low"/> one with a negative advantage has none.
/// </summary>
/// <param name="Low">Smallest trusted ratio; 0: none.</param>
/// <param name="High">Largest trusted ratio; infinite: none.</param>
/// <param name="WholeSequence">Whether the ratio is that of the whole response, the geometric mean over its tokens.</param>
public readonly record struct ClipRange(double Low, double High, bool WholeSequence = false)
{
    /// <summary>Every ratio is trusted.</summary>
    public static ClipRange None { get; } = new(0, double.PositiveInfinity);

    /// <summary>1 - low to 1 + high.</summary>
    public static ClipRange Around(double low, double high) => new(1 - low, 1 + high);
}
