namespace R1Reward.Rewards.Terms.Length;

/// <summary>Options of the n-gram repetition penalty.</summary>
public sealed record RepetitionOptions
{
    /// <summary>Words per n-gram, at least 1. Default 3.</summary>
    public int WordsPerGram { get; init; } = 3;

    /// <summary>The penalty of endless repetition, at most 0. Default -1.</summary>
    public double MaxPenalty { get; init; } = -1.0;
}
