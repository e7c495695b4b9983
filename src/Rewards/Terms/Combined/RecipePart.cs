namespace R1Reward.Rewards.Terms.Combined;

/// <summary>One reward of a recipe.</summary>
/// <param name="Reward">The reward.</param>
/// <param name="Weight">Its factor in the recipe's sum.</param>
public sealed record RecipePart(IPointwiseReward Reward, double Weight);
