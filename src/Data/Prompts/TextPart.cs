namespace R1Reward.Data.Prompts;

/// <summary>Text of a turn. Neighbouring texts are read as one.</summary>
/// <param name="Text">The text as the model reads it.</param>
/// <param name="IsTrusted">
/// Whether this program wrote it. What comes from data (a question, a response) is untrusted:
/// <see cref="UntrustedText"/>.
/// </param>
public sealed record TextPart(string Text, bool IsTrusted = false) : ContentPart;
