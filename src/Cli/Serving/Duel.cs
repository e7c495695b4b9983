using R1Reward.Data.Evaluation;

namespace R1Reward.Cli.Serving;

/// <summary>Two responses that a judge compared.</summary>
/// <param name="First">Index of the one.</param>
/// <param name="Second">Index of the other.</param>
/// <param name="Votes">How the judge voted, in both orders together.</param>
internal sealed record Duel(int First, int Second, VoteTally Votes);
