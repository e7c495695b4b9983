using System.Globalization;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// Says what a batch waits for when no result of it has come for a while: a judge that is slow, or one slow node.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class OverdueResults(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>Takes note of a result that counts.</summary>
    public void Note() => _last = time.GetUtcNow();

    /// <summary>Whose results are waited for, and who has had one longest; null while they come.</summary>
    public string? Describe(WorkLedger ledger)
    {
        var now = time.GetUtcNow();
        var oldest = ledger.Leased.SelectMany(held => held)
            .Where(item => item.Payload.Kind is WorkKind.Rollout or WorkKind.Judge or WorkKind.Score)
            .MinBy(item => item.HandedOut);
        if (oldest is null || now - _last < Patience || now - oldest.HandedOut < Patience)
        {
            return null;
        }

        var kind = oldest.Payload.Kind;
        var queue = ledger.Queues[kind];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"waiting for {NameOf(kind)}: {queue.Leased} under way and {queue.Open} to come; {oldest.Worker} has had "
            + $"{oldest.Id} for {(now - oldest.HandedOut).TotalSeconds:0} s");
    }

    private static string NameOf(WorkKind kind) => kind switch
    {
        WorkKind.Rollout => "samples",
        WorkKind.Judge => "verdicts of the judge",
        _ => "rewards",
    };
}
