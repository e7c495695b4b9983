namespace R1Reward.Actors.Protocol;

/// <summary>What a command line says to any node of a cluster about its members, and what it hears.</summary>
public static class ClusterCommands
{
    /// <summary>Asks who is a member.</summary>
    public sealed record GetMembers : IWireMessage
    {
        /// <summary>The message itself: it carries nothing, so one serves all.</summary>
        public static GetMembers Instance { get; } = new();
    }

    /// <summary>Answer to <see cref="GetMembers"/>: the cluster as the node sees it that answers.</summary>
    /// <param name="Node">That node's address.</param>
    /// <param name="Coordinator">
    /// The node that holds the coordinator, or is about to; null where none can.
    /// </param>
    /// <param name="All">The members, the oldest first.</param>
    public sealed record Members(string Node, string? Coordinator, IReadOnlyList<ClusterMember> All) : IWireMessage;

    /// <summary>Has a member leave in good order: it hands its work back and ends with exit code 0.</summary>
    /// <param name="Node">Its address; host and port, or the host where that names one member, will do.</param>
    public sealed record Leave(string Node) : IWireMessage;

    /// <summary>Removes a member that does not answer, without asking it; if it lives, it ends with code 3.</summary>
    /// <param name="Node">Its address; host and port, or the host where that names one member, will do.</param>
    public sealed record Down(string Node) : IWireMessage;

    /// <summary>Answer to <see cref="Leave"/> and <see cref="Down"/>.</summary>
    /// <param name="Node">The whole address of the member; empty where it is refused.</param>
    /// <param name="Refusal">Why nothing is done, and what to do; null where it is.</param>
    public sealed record Ordered(string Node, string? Refusal) : IWireMessage;

    /// <summary>From the node that was asked to the one that is to leave.</summary>
    public sealed record LeaveNow : IWireMessage
    {
        /// <summary>The message itself: it carries nothing, so one serves all.</summary>
        public static LeaveNow Instance { get; } = new();
    }
}
