using System.Collections.Immutable;

namespace R1Reward.Rewards.Remote;

/// <summary>The scores of one call, or why there are none.</summary>
/// <param name="Rewards">One finite score for each item, in their order; empty when the call failed.</param>
/// <param name="Failure">Why there are no scores, one sentence for people; null when there are.</param>
/// <param name="Attempts">HTTP requests made; 0 where none was needed.</param>
public sealed record RemoteScores(ImmutableArray<double> Rewards, string? Failure, int Attempts)
{
    /// <summary>Whether a failure lies in the items rather than in the service: asking again does not help.</summary>
    public bool ItemsAtFault { get; init; }

    /// <summary>
    /// Why items were scored without a verdict of the judge, by their place in the call; empty where none was.
    /// </summary>
    public IReadOnlyDictionary<int, string> Undecided { get; init; } = ImmutableDictionary<int, string>.Empty;

    /// <summary>
    /// Whether each answer is right, 0 to 1, for trainers that drop prompts whose samples are all right or all wrong;
    /// empty where that is not known.
    /// </summary>
    public ImmutableArray<double> Accuracies { get; init; } = [];

    /// <summary>What the rewards are made of, by name: a value for each item. Empty where that is not known.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<double>> Parts { get; init; } =
        ImmutableDictionary<string, ImmutableArray<double>>.Empty;

    /// <summary>Scores without a failure.</summary>
    public static RemoteScores From(IEnumerable<double> rewards, int attempts = 0) => new([.. rewards], null, attempts);

    /// <summary>A failure of the service.</summary>
    public static RemoteScores Failed(string reason, int attempts = 0) => new([], reason, attempts);

    /// <summary>A failure that lies in the items.</summary>
    public static RemoteScores BadItem(string reason) => Failed(reason) with { ItemsAtFault = true };
}
