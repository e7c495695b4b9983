using System.Collections.Immutable;

namespace R1Reward.Rollout.Sampling;

/// <summary>A token as a listener receives it, while its sequence still runs.</summary>
/// <param name="Sample">Number of the sample within its request.</param>
/// <param name="Token">Its id.</param>
/// <param name="LogProb">Its natural log-probability at temperature 1 and before any penalty or filter.</param>
/// <param name="Likeliest">The likeliest tokens of the place, in falling order, with theirs.</param>
public sealed record StreamedToken(
    int Sample,
    int Token,
    float LogProb,
    ImmutableArray<(int Token, float LogProb)> Likeliest);
