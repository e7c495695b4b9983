namespace R1Reward.Cli.Measuring;

/// <summary>What is scored in a measurement.</summary>
/// <param name="Responses">How many responses to one question.</param>
/// <param name="PromptTokens">Tokens of the question.</param>
/// <param name="ResponseTokens">Tokens of each response.</param>
/// <param name="Rounds">Measurements, of which the least counts.</param>
internal sealed record ScoreBenchWork(int Responses, int PromptTokens, int ResponseTokens, int Rounds);
