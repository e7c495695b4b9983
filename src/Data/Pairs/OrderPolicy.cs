using R1Reward.Data.Randomness;

namespace R1Reward.Data.Pairs;

/// <summary>Decides which response is shown first (decision D8).</summary>
public static class OrderPolicy
{
    /// <summary>What the id of the exchanged pair ends in.</summary>
    public const string SwappedSuffix = "-swapped";

    /// <summary>
    /// The pairs in the asked order of candidates. <see cref="CandidateOrder.Random"/> tosses a coin per pair that
    /// depends on the seed and its texts alone, so that rows that differ in a picture only, or in their id, are shown
    /// alike; where the responses are media, it depends on the id in place of the texts. It leaves a pair with a
    /// judgment to imitate as it is, since the judgment speaks of its order. <see cref="CandidateOrder.Both"/> puts
    /// the exchanged pair, its id ending in <c>-swapped</c>, right after the pair and in its group: ACC+ wants both of
    /// them right.
    /// </summary>
    public static IEnumerable<PreferencePair> Apply(
        IEnumerable<PreferencePair> pairs, CandidateOrder order, long seed) => order switch
    {
        CandidateOrder.AsIs => pairs,
        CandidateOrder.Random or CandidateOrder.GoldFirst =>
            pairs.Select(pair => IsExchanged(pair, order, seed) ? pair.Swapped() : pair),
        CandidateOrder.Both => pairs.SelectMany(pair => (PreferencePair[])
        [
            pair,
            pair.Swapped() with
            {
                Id = new PairId(pair.Id + SwappedSuffix),
                Group = pair.Group ?? pair.Id.Value,
            },
        ]),
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, null),
    };

    /// <summary>Whether an order that shows a pair once shows it with its candidates exchanged.</summary>
    public static bool IsExchanged(PreferencePair pair, CandidateOrder order, long seed) => order switch
    {
        CandidateOrder.AsIs => false,
        CandidateOrder.Random => pair.Judgment is null
            && CounterRandom.For(seed, "order/" + KeyOf(pair)).NextBool(),
        CandidateOrder.GoldFirst => pair.Label == PreferenceLabel.Second,
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, null),
    };

    private static string KeyOf(PreferencePair pair) =>
        pair.AnswersWithMedia() ? pair.Id.Value : $"{pair.Question}\n{pair.Response1}\n{pair.Response2}";
}
