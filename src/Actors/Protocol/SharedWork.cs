namespace R1Reward.Actors.Protocol;

/// <summary>
/// An item that several workers may do together, each its share: training of any kind, and checkpoints.
/// </summary>
internal abstract record SharedWork : WorkPayload
{
    /// <summary>The worker's place among those that do it together; null where it does it alone.</summary>
    public RankSeat? Seat { get; init; }
}
