namespace R1Reward.Rewards.Terms.Combined;

/// <summary>How the values of an ensemble's members become one.</summary>
public enum EnsembleCombine
{
    /// <summary><c>mean</c>: the weighted mean.</summary>
    Mean,

    /// <summary><c>median</c>: the middle one, weights left out; hard to move for one member that is fooled.</summary>
    Median,

    /// <summary><c>min</c>: the lowest, weights left out; a trace has to please every member.</summary>
    Min,
}
