namespace R1Reward.Rewards.Terms.Length;

/// <summary>
/// A penalty for replies that come near the limit: 0 up to <c>MaxTokens - Buffer</c> tokens, then falling linearly to
/// <c>-Factor</c> at the limit (soft overlong punishment of DAPO, arXiv 2503.14476, as LightRFT has it).
/// </summary>
/// <param name="options">Limit, buffer and factor.</param>
/// <example>Limit 20, buffer 8, factor 0.5: 12 tokens 0, 16 tokens -0.25, 20 tokens -0.5.</example>
public sealed class OverlongTerm(OverlongOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.Tokens;

    /// <summary>The penalty of a reply of some tokens: 0 or less.</summary>
    public double Penalty(int tokens) =>
        Math.Min(0.0, (options.MaxTokens - options.Buffer - tokens) / (double)options.Buffer * options.Factor);

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RewardScore(Penalty(input.Tokens)));
}
