using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Ledger;

/// <summary>One work item that is not counted yet.</summary>
/// <param name="id">Its name.</param>
/// <param name="payload">What it is.</param>
/// <param name="home">Where what it needs is; null: nowhere in particular.</param>
internal sealed class LedgerItem(WorkId id, WorkPayload payload, string? home)
{
    /// <summary>The name of the item, unique within the run.</summary>
    public WorkId Id { get; } = id;

    /// <summary>What a worker needs to do it.</summary>
    public WorkPayload Payload { get; } = payload;

    /// <summary>
    /// Address of the node whose worker holds what the item goes on from; null where none does.
    /// </summary>
    public string? Home { get; } = home;

    /// <summary>How often it has been given out.</summary>
    public int Attempt { get; set; }

    /// <summary>Whether the newest hand-out cannot be finished: nothing said of it counts any more.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>The worker that has it on lease; null while it is open.</summary>
    public string? Worker { get; set; }

    /// <summary>When a worker last got it, by the coordinator's clock; renewing the lease does not change it.</summary>
    public DateTimeOffset HandedOut { get; set; }

    /// <summary>When the lease ends unless it is renewed.</summary>
    public DateTimeOffset LeasedUntil { get; set; }

    /// <summary>The place in the queue of open items of the same kind; null while the item is leased.</summary>
    public LinkedListNode<LedgerItem>? Place { get; set; }
}
