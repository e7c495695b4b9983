namespace R1Reward.Data.Prompts;

/// <summary>One piece of a turn: a <see cref="TextPart"/> or a <see cref="MediaPart"/>.</summary>
public abstract record ContentPart;
