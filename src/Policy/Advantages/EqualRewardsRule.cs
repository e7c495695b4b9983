namespace R1Reward.Policy.Advantages;

/// <summary>
/// What is done with a batch whose rewards, as the estimator compares them, are all the same, where advantages are
/// standardised over the batch. All that differs in it is the divergence penalty, a sum of small noise, which
/// standardising blows up to unit size.
/// </summary>
public enum EqualRewardsRule
{
    /// <summary><c>skip</c>: the policy is not updated.</summary>
    Skip,

    /// <summary><c>update</c>: the policy is updated on the standardised penalty, as published code does.</summary>
    Update,
}
