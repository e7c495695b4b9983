namespace R1Reward.Actors.Protocol;

/// <summary>A worker's place among those that do one item together.</summary>
/// <param name="Rank">Its rank, from 0; the first hands in the result.</param>
/// <param name="Members">All of them, by rank.</param>
internal sealed record RankSeat(int Rank, IReadOnlyList<RankMember> Members);

/// <summary>One of the workers that do an item together.</summary>
/// <param name="Worker">Its name.</param>
/// <param name="Address">Base address of its node's bulk server, where the rank before it connects to.</param>
/// <param name="Node">Its node's cluster address.</param>
internal sealed record RankMember(string Worker, string Address, string Node);
