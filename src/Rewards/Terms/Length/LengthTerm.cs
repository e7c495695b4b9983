namespace R1Reward.Rewards.Terms.Length;

/// <summary>1 for a reply whose length lies in a window, falling linearly to 0 outside of it.</summary>
/// <param name="options">The window.</param>
/// <example>min 50, max 100, slack 20: 75 tokens 1, 110 tokens 0.5, 120 tokens 0, 40 tokens 0.5.</example>
public sealed class LengthTerm(LengthOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => RewardField.Tokens;

    /// <summary>The score of a length in tokens.</summary>
    public double Score(int tokens)
    {
        var outside = Math.Max(0, Math.Max(options.Min - tokens, tokens - options.Max));
        if (outside == 0)
        {
            return 1.0;
        }

        return outside >= options.Slack ? 0.0 : 1.0 - (outside / (double)options.Slack);
    }

    /// <inheritdoc/>
    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RewardScore(Score(input.Tokens)));
}
