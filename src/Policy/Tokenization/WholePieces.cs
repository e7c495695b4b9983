using System.Text;
using Microsoft.ML.Tokenizers;
using R1Reward.Policy.Tokenization.Files;
using R1Reward.Policy.Tokenization.PreTokenization;

namespace R1Reward.Policy.Tokenization;

/// <summary>
/// Encodes as <c>ignore_merges</c> of a tokenizer.json asks (Llama 3): a piece of text that is in the vocabulary as a
/// whole is that token, also where the merges would not lead to it; the others are merged.
/// </summary>
/// <param name="file">The tokenizer's files.</param>
/// <param name="bpe">Merges what is no token as a whole.</param>
internal sealed class WholePieces(TokenizerFile file, BpeTokenizer bpe)
{
    private readonly SplitPreTokenizer _splitter = new(file.Pattern);

    /// <summary>The ids of text without added tokens, normalised.</summary>
    internal IReadOnlyList<int> Encode(string text)
    {
        var ids = new List<int>();
        foreach (var (offset, length) in _splitter.PreTokenize(text))
        {
            var piece = text.Substring(offset, length);
            var letters = string.Concat(Encoding.UTF8.GetBytes(piece).Select(ByteAlphabet.Letter));
            if (file.Vocabulary.TryGetValue(letters, out var id))
            {
                ids.Add(id);
            }
            else
            {
                ids.AddRange(bpe.EncodeToIds(piece));
            }
        }

        return ids;
    }
}
