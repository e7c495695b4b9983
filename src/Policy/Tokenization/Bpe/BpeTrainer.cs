using Microsoft.ML.Tokenizers;
using R1Reward.Policy.Tokenization.PreTokenization;

namespace R1Reward.Policy.Tokenization.Bpe;

/// <summary>
/// Learns a byte-level BPE vocabulary from text: all 256 bytes first, then the most frequent adjacent pair again and
/// again, split by Qwen's pattern. Ties go to the pair of smaller ids, so the same text gives the same vocabulary.
/// </summary>
/// <remarks>Meant for small vocabularies: each merge scans all pairs that occur.</remarks>
public sealed class BpeTrainer
{
    /// <summary>
    /// The control tokens that every trained vocabulary ends with: end of text (also padding), start and end of a turn.
    /// </summary>
    public static readonly IReadOnlyList<string> SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    /// <summary>
    /// The control tokens that a model that sees needs besides: where media begin and end, and what stands for the
    /// tokens of a picture and of a video.
    /// </summary>
    public static readonly IReadOnlyList<string> VisionTokens =
        ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"];

    /// <summary>
    /// The control tokens that a model that hears needs besides: where a sound begins, what stands for its tokens, and
    /// where it ends.
    /// </summary>
    public static readonly IReadOnlyList<string> AudioTokens = ["<|audio_bos|>", "<|AUDIO|>", "<|audio_eos|>"];

    // A pair seen once says nothing about the language.
    private const int MinimumCount = 2;

    private readonly SplitPreTokenizer _splitter = new(SplitPreTokenizer.QwenPattern);
    private readonly Dictionary<string, long> _pieces = [];

    /// <summary>The smallest vocabulary: the bytes and the control tokens.</summary>
    public static int MinimumSize => 256 + SpecialTokens.Count;

    /// <summary>Counts the pieces of one text; control tokens in it are cut out.</summary>
    public void Add(string text)
    {
        foreach (var stretch in text.Split([.. SpecialTokens], StringSplitOptions.RemoveEmptyEntries))
        {
            var normalized = CanonicalComposition.Normalize(stretch);
            foreach (var (offset, length) in _splitter.PreTokenize(normalized))
            {
                var piece = normalized.Substring(offset, length);
                _pieces[piece] = _pieces.GetValueOrDefault(piece) + 1;
            }
        }
    }

    /// <summary>
    /// Learns the vocabulary and writes the tokenizer files of a checkpoint folder; smaller than asked for where no
    /// pair repeats any more.
    /// </summary>
    /// <param name="vocabularySize">Number of ids, control tokens included; at least <see cref="MinimumSize"/>.</param>
    /// <param name="folder">Where the files go; made if missing.</param>
    /// <param name="media">Control tokens for media beside those of text; null: none.</param>
    /// <param name="progress">Hears how many ids there are, as they come.</param>
    /// <returns>The new tokenizer.</returns>
    public Tokenizer Train(
        int vocabularySize, string folder, IReadOnlyList<string>? media = null, IProgress<int>? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, MinimumSize);
        string[] control = [SpecialTokens[0], .. media ?? [], .. SpecialTokens.Skip(1)];
        var tokens = ByteAlphabet.Letters.Select(letter => letter.ToString()).ToList();
        var merges = new List<(string Left, string Right)>();
        var words = new PairCounts(_pieces, tokens);
        while (tokens.Count < vocabularySize - control.Length)
        {
            var (pair, count) = words.MostFrequent();
            if (count < MinimumCount)
            {
                break;
            }

            var (left, right) = (tokens[pair.Left], tokens[pair.Right]);
            merges.Add((left, right));
            tokens.Add(left + right);
            words.Merge(pair, tokens.Count - 1);
            progress?.Report(tokens.Count + control.Length);
        }

        TokenizerFolder.Write(folder, tokens, merges, control);
        return Tokenizer.Load(folder);
    }
}
