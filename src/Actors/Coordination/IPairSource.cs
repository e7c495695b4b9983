using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Coordination;

/// <summary>Where the pairs of a run come from.</summary>
internal interface IPairSource
{
    /// <summary>The pair of a training prompt; the same index always gives the same pair.</summary>
    /// <param name="index">The prompt, counted from 0 over the whole run.</param>
    PreferencePair Training(long index);

    /// <summary>The pairs that evaluations judge, none of which occurs in training.</summary>
    IReadOnlyList<PreferencePair> HeldOut { get; }

    /// <summary>The same pairs with noise in place of their pictures; empty where there are none.</summary>
    IReadOnlyList<PreferencePair> HeldOutNoise { get; }
}
