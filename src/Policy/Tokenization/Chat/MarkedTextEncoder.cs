using R1Reward.Data.Judging;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization.Files;
using R1Reward.Policy.Tokenization.Jinja;

namespace R1Reward.Policy.Tokenization.Chat;

/// <summary>
/// Turns a rendered chat into token ids. In its trusted parts all added tokens are found; one that is refused in an
/// untrusted part is encoded apart from what surrounds it, as text.
/// </summary>
/// <param name="tokenizer">The vocabulary.</param>
/// <param name="untrusted">How control tokens in untrusted text are read.</param>
internal sealed class MarkedTextEncoder(Tokenizer tokenizer, UntrustedText untrusted)
{
    /// <summary>The ids of a text.</summary>
    internal int[] Encode(MarkedText text)
    {
        // Looked for part by part, so that characters of two parts never make one token.
        IEnumerable<(int Start, int End)> parts = untrusted == UntrustedText.Sanitized
            ? text.Runs()
            : [(0, text.Value.Length)];
        var found = parts.SelectMany(part => tokenizer.FindAdded(text.Value, part.Start, part.End));
        return tokenizer.Encode(
            text.Value,
            found.Select(token => IsToken(text, token) ? token.AsToken() : token.AsText()));
    }

    private bool IsToken(MarkedText text, FoundToken found) =>
        IsAllowedAnywhere(found.Token) || !text.IsUntrusted(found.Start, found.End);

    private bool IsAllowedAnywhere(AddedToken token) => untrusted == UntrustedText.Published
        ? !ChatTemplate.Placeholders.Contains(token.Content)
        : !token.Special && !JudgmentParser.Tags.Contains(token.Content);
}
