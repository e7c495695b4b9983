using System.Collections.Immutable;

namespace R1Reward.Rewards.Remote;

/// <summary>
/// Several servers whose scores are added up item by item. One that fails fails the call: a sum without it would be
/// another reward.
/// </summary>
/// <param name="servers">At least one.</param>
public sealed class SummedRewards(params ImmutableArray<IRemoteReward> servers) : IRemoteReward
{
    /// <inheritdoc/>
    public async Task<RemoteScores> ScoreAsync(
        IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
    {
        var asked = servers.Select(server => server.ScoreAsync(items, cancellationToken));
        var replies = await Task.WhenAll(asked).ConfigureAwait(false);
        var attempts = replies.Sum(reply => reply.Attempts);
        if (replies.FirstOrDefault(reply => reply.Failure is not null) is { } failed)
        {
            return failed with { Attempts = attempts };
        }

        var sums = Enumerable.Range(0, items.Count).Select(i => replies.Sum(reply => reply.Rewards[i]));
        return RemoteScores.From(sums, attempts);
    }
}
