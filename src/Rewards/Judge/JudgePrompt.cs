namespace R1Reward.Rewards.Judge;

/// <summary>The two messages of a chat request.</summary>
/// <param name="System">Instruction and rules: trusted text of ours.</param>
/// <param name="User">What is judged: untrusted text, quoted.</param>
public sealed record JudgePrompt(string System, string User);
