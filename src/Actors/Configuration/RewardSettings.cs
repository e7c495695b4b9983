using R1Reward.Rewards.Composition;

namespace R1Reward.Actors.Configuration;

/// <summary>How traces are rewarded.</summary>
/// <param name="Composition">The form of the total.</param>
/// <param name="Consistency">Whether a judge is asked.</param>
public sealed record RewardSettings(R1Form Composition, bool Consistency)
{
    /// <summary>Reads <c>r1reward.rewards</c>.</summary>
    public static RewardSettings Read(SettingsReader reader) =>
        new(reader.OneOf<R1Form>("r1reward.rewards.composition"), reader.Flag("r1reward.rewards.consistency"));
}
