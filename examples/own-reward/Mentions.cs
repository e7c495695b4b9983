using R1Reward.Rewards.Terms;

namespace OwnReward;

/// <summary>The share of some phrases that the analysis contains: 1 where it names both responses.</summary>
public sealed class Mentions(IReadOnlyDictionary<string, string> options) : IPointwiseReward
{
    private readonly string[] _phrases = options.GetValueOrDefault("phrases", "response 1|response 2").Split('|');

    public RewardField Required => RewardField.None;

    public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var analysis = input.Judgment.Analysis;
        var found = _phrases.Count(phrase => analysis.Contains(phrase, StringComparison.OrdinalIgnoreCase));
        return ValueTask.FromResult(new RewardScore(found / (double)_phrases.Length));
    }
}
