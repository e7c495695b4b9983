namespace R1Reward.Actors.Protocol;

/// <summary>A member of the cluster, as another one sees it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Status">How far it is: joining, up, leaving, exiting, down.</param>
/// <param name="Reachable">Whether it answers.</param>
/// <param name="Roles">What it does for the cluster.</param>
public sealed record ClusterMember(string Address, string Status, bool Reachable, IReadOnlyList<string> Roles);
