namespace Microsoft.ML.Tokenizers;

/// <summary>A merge rule: its rank (lower joins first) and the token it makes.</summary>
internal readonly record struct Merge(int Rank, int Result);
