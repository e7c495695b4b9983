namespace R1Reward.Data.Evaluation.Ranking;

/// <summary>How often two of several candidates won against each other.</summary>
/// <param name="A">Index of the one, from 0.</param>
/// <param name="B">Index of the other.</param>
/// <param name="WinsA">Games that the one won; a drawn game is half a win for each.</param>
/// <param name="WinsB">Games that the other won.</param>
public sealed record PairedGames(int A, int B, double WinsA, double WinsB);
