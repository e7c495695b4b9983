using System.Diagnostics.CodeAnalysis;

namespace R1Reward.Data.Options;

/// <summary>Reads the value of a text.</summary>
/// <param name="text">The text as a user wrote it.</param>
/// <param name="value">The value; the type's default where the text is none.</param>
/// <returns>Whether the text is such a value.</returns>
/// <typeparam name="T">The type of the value.</typeparam>
public delegate bool ValueParser<T>(string text, [MaybeNullWhen(false)] out T value);
