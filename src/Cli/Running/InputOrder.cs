using R1Reward.Data.Pairs;
using R1Reward.Rollout.Voting;

namespace R1Reward.Cli.Running;

/// <summary>Hands results on in the order of their pairs, whichever is finished first.</summary>
/// <param name="pairs">All pairs, in their order.</param>
/// <param name="take">Gets each result once those of all pairs before it are there.</param>
internal sealed class InputOrder(IEnumerable<PreferencePair> pairs, Action<VoteResult> take)
{
    private readonly Queue<PairId> _due = new(pairs.Select(pair => pair.Id));
    private readonly Dictionary<PairId, VoteResult> _early = [];

    /// <summary>Takes in the next finished result.</summary>
    public void Add(VoteResult result)
    {
        _early.Add(result.Pair.Id, result);
        while (_due.TryPeek(out var id) && _early.Remove(id, out var next))
        {
            _due.Dequeue();
            take(next);
        }
    }
}
