using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms;

/// <summary>What a reward says about one trace.</summary>
/// <param name="Value">
/// The raw value, before its weight; null where the reward cannot say: never a made-up number.
/// </param>
/// <param name="Reason">
/// Why there is no value, or what is worth knowing about it; null where there is nothing to add.
/// </param>
public readonly record struct RewardScore(double? Value, string? Reason = null)
{
    /// <summary>What its questions to a judge took; null where none was asked.</summary>
    public JudgeUse? Use { get; init; }

    /// <summary>A score without value, and why.</summary>
    public static RewardScore Unknown(string reason) => new(null, reason);
}
