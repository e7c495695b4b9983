namespace R1Reward.Actors.Protocol;

/// <summary>The items of one kind of work that are not done.</summary>
/// <param name="Open">Items that wait for a worker.</param>
/// <param name="Leased">Items that workers hold.</param>
public sealed record WorkQueue(int Open, int Leased);
