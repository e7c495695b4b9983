using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms;

/// <summary>
/// Stands for a term, or the judge of one, in whose entry a mistake was found, until the mistakes of all entries are
/// reported. It is never asked.
/// </summary>
internal sealed class RefusedTerm : IPointwiseReward, IJudgeClient
{
    private RefusedTerm()
    {
    }

    public static RefusedTerm Instance { get; } = new();

    public RewardField Required => RewardField.None;

    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("a term with a mistake in it was used");

    public Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("a term with a mistake in it was used");
}
