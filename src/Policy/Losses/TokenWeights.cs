namespace R1Reward.Policy.Losses;

/// <summary>
/// The sizes of a whole batch, from which the weight of each token follows however the batch is cut into pieces.
/// </summary>
/// <param name="Responses">Responses of the batch.</param>
/// <param name="Tokens">Counted tokens of the batch.</param>
/// <param name="LongestLength">
/// Tokens that a response can have at most; used by <see cref="TokenReduction.ConstantLength"/> alone.
/// </param>
/// <example>
/// Two responses of 3 and 1 tokens: sequence means weigh the three 1/6 each and the one 1/2, token means 1/4 each.
/// </example>
public readonly record struct TokenWeights(double Responses, double Tokens, double LongestLength)
{
    /// <summary>The weight of each token of a response.</summary>
    /// <param name="reduction">Which reduction.</param>
    /// <param name="length">The response's counted tokens.</param>
    public double For(TokenReduction reduction, double length) => reduction switch
    {
        TokenReduction.SequenceMean => 1 / (Responses * Math.Max(1, length)),
        TokenReduction.TokenMean => 1 / Math.Max(1, Tokens),
        TokenReduction.ConstantLength => 1 / (Responses * LongestLength),
        TokenReduction.SequenceSum => 1 / Responses,
        _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, null),
    };
}
