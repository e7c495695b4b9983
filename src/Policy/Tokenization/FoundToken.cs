using R1Reward.Policy.Tokenization.Files;

namespace R1Reward.Policy.Tokenization;

/// <summary>An added token found in a text.</summary>
/// <param name="Start">Its first UTF-16 unit.</param>
/// <param name="End">The UTF-16 unit after its last.</param>
/// <param name="Token">The token.</param>
internal readonly record struct FoundToken(int Start, int End, AddedToken Token)
{
    /// <summary>The cut in which it is one token.</summary>
    internal (int Start, int End, int? Id) AsToken() => (Start, End, Token.Id);

    /// <summary>The cut in which its characters are encoded as text.</summary>
    internal (int Start, int End, int? Id) AsText() => (Start, End, null);
}
