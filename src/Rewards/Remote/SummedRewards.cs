using System.Collections.Immutable;

namespace R1Reward.Rewards.Remote;

/// <summary>Several servers whose scores are added up item by item. One that fails fails the call: a sum without it would be another reward.</summary>
/// <param name="servers">At least one.</param>
public sealed class SummedRewards(params ImmutableArray<IRemoteReward> servers) : IRemoteReward
{
    /// <inheritdoc/>
    public async Task<RemoteScores> ScoreAsync(IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
    {
        var replies = await Task.WhenAll(servers.Select(server => server.ScoreAsync(items, cancellationToken))).ConfigureAwait(false);
        var attempts = replies.Sum(reply => reply.Attempts);
        return replies.FirstOrDefault(reply => reply.Failure is not null) is { } failed
            ? failed with { Attempts = attempts }
            : RemoteScores.Of(Enumerable.Range(0, items.Count).Select(i => replies.Sum(reply => reply.Rewards[i])), attempts);
    }
}
