namespace R1Reward.Data.Pairs;

/// <summary>
/// Identity of a preference pair within one data set: row index and content hash, since published ids repeat (decision
/// D19).
/// </summary>
/// <param name="Value">For example <c>scenes-000017-9f3c1a20</c>.</param>
public readonly record struct PairId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
