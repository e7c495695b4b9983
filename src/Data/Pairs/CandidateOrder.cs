namespace R1Reward.Data.Pairs;

/// <summary>Which response is shown as Response 1 (decision D8).</summary>
public enum CandidateOrder
{
    /// <summary><c>random</c>: drawn per pair from the seed.</summary>
    Random,

    /// <summary><c>as-is</c>: as the file has it.</summary>
    AsIs,

    /// <summary>
    /// <c>gold-first</c>: the preferred response first, as the published evaluators do; favours a policy that prefers
    /// the first place.
    /// </summary>
    GoldFirst,

    /// <summary><c>both</c>: each pair in both orders.</summary>
    Both,
}
