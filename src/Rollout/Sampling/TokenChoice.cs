namespace R1Reward.Rollout.Sampling;

/// <summary>The token that a <see cref="TokenSampler"/> chose.</summary>
/// <param name="Token">Id of the token.</param>
/// <param name="LogProb">Its log-probability under the model's own logits, at temperature 1.</param>
/// <param name="ProcessedLogProb">
/// Its log-probability in what it was drawn from, after penalty, temperature and filters; greedy choice counts as
/// temperature 1.
/// </param>
internal readonly record struct TokenChoice(int Token, float LogProb, float ProcessedLogProb);
