namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// The value of a name, key or index that is not there: it prints as nothing and throws when one looks inside it.
/// </summary>
/// <param name="Reason">What is missing, as an error message says it.</param>
internal sealed record Undefined(string Reason);
