using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Coordination;

/// <summary>Where the pairs of a run come from.</summary>
public interface IPairSource
{
    /// <summary>The pair that training prompt <paramref name="index"/> (from 0, over the whole run) judges. The same index gives the same pair, always.</summary>
    PreferencePair Training(long index);

    /// <summary>The pairs that evaluations judge, none of which occurs in training.</summary>
    IReadOnlyList<PreferencePair> HeldOut { get; }

    /// <summary>The same pairs with noise in place of their pictures; empty where there are none.</summary>
    IReadOnlyList<PreferencePair> HeldOutNoise { get; }
}
