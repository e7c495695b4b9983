using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Ledger;

/// <summary>One work item that is not counted yet.</summary>
internal sealed class LedgerItem(WorkId id, WorkPayload payload)
{
    /// <summary>The name of the item, unique within the run.</summary>
    public WorkId Id { get; } = id;

    /// <summary>What a worker needs to do it.</summary>
    public WorkPayload Payload { get; } = payload;

    /// <summary>How often it has been given out.</summary>
    public int Attempt { get; set; }

    /// <summary>The worker that has it on lease; null while it is open.</summary>
    public string? Worker { get; set; }

    /// <summary>When the lease ends unless it is renewed.</summary>
    public DateTimeOffset LeasedUntil { get; set; }

    /// <summary>The place in the queue of open items of the same kind; null while the item is leased.</summary>
    public LinkedListNode<LedgerItem>? Place { get; set; }
}
