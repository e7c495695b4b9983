namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>A piece of a template's source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string literal, what it stands for.</param>
/// <param name="Line">Where it begins, counted from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line);
