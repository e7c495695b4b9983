namespace R1Reward.Actors.Protocol;

/// <summary>
/// Names one hand-out of one work item. A result counts only if all three parts match what the ledger expects, and
/// then once: the epoch fences off coordinators that were replaced, the attempt fences off workers that were given
/// up.
/// </summary>
/// <param name="Epoch">The coordinator's epoch: rises with every start of a coordinator on the run folder.</param>
/// <param name="Id">The item, unique within the run.</param>
/// <param name="Attempt">1 for the first hand-out, one more each time the item is given out again.</param>
internal sealed record WorkKey(int Epoch, WorkId Id, int Attempt);
