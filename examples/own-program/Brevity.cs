using R1Reward.Rewards.Remote;

namespace OwnProgram;

/// <summary>Rewards short responses: 1 for an empty one, one half for 200 characters.</summary>
internal sealed class Brevity : IRemoteReward
{
    public Task<RemoteScores> ScoreAsync(
        IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default) =>
        Task.FromResult(items.Any(item => item.Response is null)
            ? RemoteScores.BadItem("every item needs its response, in extra.response of /compute")
            : RemoteScores.From(items.Select(item => 200.0 / (200 + item.Response!.Length))));
}
