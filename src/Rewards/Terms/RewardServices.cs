using R1Reward.Data.Media.Fetching;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Remote;

namespace R1Reward.Rewards.Terms;

/// <summary>What rewards need from outside. A reward that needs something missing says so when it is built.</summary>
public sealed record RewardServices
{
    /// <summary>
    /// The judge model that judging rewards ask; called at most once, and only where one needs it. Null: there is none.
    /// </summary>
    public Func<IJudgeClient>? Judge { get; init; }

    /// <summary>Opens a client of a reward server; null: remote rewards are not to be had.</summary>
    public Func<RemoteRewardOptions, IRemoteReward>? Remote { get; init; }

    /// <summary>
    /// Tokens that a reply may have; null: unknown, and the terms that need it want it among their options.
    /// </summary>
    public int? MaxReplyTokens { get; init; }

    /// <summary>Where relative paths among the options start.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Where relative paths of the pairs' pictures start.</summary>
    public string MediaFolder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Limits of pictures at http and https addresses; null: they are not fetched.</summary>
    public FetchOptions? Fetch { get; init; }

    /// <summary>The files of the pairs' pictures.</summary>
    internal PictureFiles Pictures => new(MediaFolder, Fetch);
}
