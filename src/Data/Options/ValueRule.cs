namespace R1Reward.Data.Options;

/// <summary>
/// What a configured value may be: how it is read from its text, and what an error message asks for instead.
/// </summary>
/// <param name="Parse">The value of a text; false where the text is none.</param>
/// <param name="Remedy">What to write, for example <c>write a whole number, 1 or more</c>.</param>
/// <typeparam name="T">The type of the value.</typeparam>
/// <seealso cref="ValueRules"/>
public sealed record ValueRule<T>(ValueParser<T> Parse, string Remedy);
