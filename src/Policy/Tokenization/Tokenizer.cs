using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;
using R1Reward.Data;
using R1Reward.Policy.Tokenization.Files;
using R1Reward.Policy.Tokenization.PreTokenization;

namespace R1Reward.Policy.Tokenization;

/// <summary>
/// Byte-level BPE as a checkpoint's files describe it. Added tokens are cut out of the text first, longest first
/// and before normalization; each stretch between them is normalised, split and merged on its own. Thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerConfig _config;
    private readonly BpeTokenizer _bpe;
    private readonly bool _normalizes;
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<string, AddedToken> _added;
    private readonly AddedTokenFinder _allAdded;
    private readonly AddedTokenFinder _plainAdded;
    private readonly HashSet<int> _specialIds;
    private readonly byte[]?[] _bytes;
    private readonly WholePieces? _wholePieces;

    private Tokenizer(TokenizerFile file, TokenizerConfig config)
    {
        _config = config;
        _normalizes = file.Normalizes;
        _vocabulary = file.Vocabulary;
        _bpe = CreateBpe(config.Folder, file);
        _added = file.AddedTokens.ToDictionary(token => token.Content);
        _allAdded = new AddedTokenFinder(file.AddedTokens);
        _plainAdded = new AddedTokenFinder(file.AddedTokens.Where(token => !token.Special));
        _specialIds = [.. file.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        _bytes = BytesById(file);
        EosId = IdOfRole("eos_token")
            ?? throw new UserErrorException($"Tokenizer: tokenizer_config.json in {config.Folder} names no eos_token.");
        PadId = IdOfRole("pad_token") ?? EosId;
        RequireBytes(config.Folder, file.Vocabulary);
        _wholePieces = file.IgnoresMerges ? new(file, _bpe) : null;
        StopIds = IdOf("<|im_end|>") is { } turnEnd ? new HashSet<int> { EosId, turnEnd } : new HashSet<int> { EosId };
    }

    /// <summary>One more than the highest id. A model's embedding may have more rows, never fewer.</summary>
    public int VocabularySize => _bytes.Length;

    /// <summary>The id that ends a text.</summary>
    public int EosId { get; }

    /// <summary>The id that fills batches; the end token where the checkpoint names none.</summary>
    public int PadId { get; }

    /// <summary>
    /// The ids on which generation stops: the end of the text and, in chat vocabularies, the end of a turn.
    /// </summary>
    public IReadOnlySet<int> StopIds { get; }

    /// <summary>Whether the folder has a chat template.</summary>
    /// <exception cref="UserErrorException">It has one that is no text.</exception>
    public bool HasChatTemplate => _config.ChatTemplate() is not null;

    /// <summary>What the folder states beside vocabulary and merges.</summary>
    internal TokenizerConfig Config => _config;

    /// <summary>Whether a folder has the files of a tokenizer.</summary>
    public static bool Exists(string folder) => TokenizerFile.Exists(folder);

    /// <summary>
    /// Reads the tokenizer of a checkpoint folder: tokenizer.json, or vocab.json and merges.txt, and
    /// tokenizer_config.json.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// A file is missing or broken, or describes another kind of tokenizer.
    /// </exception>
    public static Tokenizer Load(string folder)
    {
        var config = TokenizerConfig.Read(folder);
        return new Tokenizer(TokenizerFile.Load(folder, config), config);
    }

    /// <summary>Reads the tokenizer of a checkpoint folder for a model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="rows">Rows of the model's token embedding.</param>
    /// <exception cref="UserErrorException">
    /// A file is missing or broken, describes another kind of tokenizer, or has ids that the model has no rows for.
    /// </exception>
    public static Tokenizer Load(string folder, int rows)
    {
        var tokenizer = Load(folder);
        return tokenizer.VocabularySize <= rows
            ? tokenizer
            : throw new UserErrorException(
                $"Tokenizer: {folder} has ids up to {tokenizer.VocabularySize - 1}, but the model has {rows} rows "
                + "(vocab_size of config.json); use the tokenizer that belongs to the model.");
    }

    /// <summary>The ids of trusted text: control tokens written in it become control tokens.</summary>
    public int[] Encode(string text) => Encode(text, FindAdded(text, 0, text.Length).Select(found => found.AsToken()));

    /// <summary>The id of a token by its text, as the vocabulary writes it; null if there is none.</summary>
    public int? IdOf(string token)
    {
        if (_added.TryGetValue(token, out var added))
        {
            return added.Id;
        }

        return _vocabulary.TryGetValue(token, out var id) ? id : null;
    }

    /// <summary>Whether the id is a control token.</summary>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <summary>The text of ids; broken UTF-8 becomes U+FFFD, ids without a token become nothing.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecial">Whether control tokens are left out. They go before the bytes are joined.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecial = false)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var id in ids)
        {
            bytes.Write(BytesOf(id, skipSpecial));
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The bytes that an id adds to the text; none for an id without a token.</summary>
    public ReadOnlySpan<byte> BytesOf(int id, bool skipSpecial) =>
        (uint)id >= (uint)_bytes.Length || (skipSpecial && _specialIds.Contains(id)) ? [] : _bytes[id];

    /// <summary>
    /// Copies the files this tokenizer was read from into another checkpoint folder, those that exist.
    /// </summary>
    public void CopyTo(string folder) => _config.CopyFilesTo(folder);

    /// <summary>
    /// The ids of text from outside: control tokens written in it stay plain text; added tokens that control nothing
    /// are still found.
    /// </summary>
    internal int[] EncodePlain(string text) =>
        Encode(text, _plainAdded.Find(text, 0, text.Length).Select(found => found.AsToken()));

    /// <summary>The ids of text in which no added token is looked for at all.</summary>
    internal int[] EncodeRaw(string text) => Encode(text, []);

    /// <summary>
    /// The ids of a reply to be learned: its tags are tokens where the vocabulary has such, control tokens are text.
    /// </summary>
    internal int[] EncodeReply(string text) => Encode(
        text,
        FindAdded(text, 0, text.Length).Select(found => found.Token.Special ? found.AsText() : found.AsToken()));

    /// <summary>The added tokens within a range of UTF-16 units, in order.</summary>
    internal IReadOnlyList<FoundToken> FindAdded(string text, int start, int end) => _allAdded.Find(text, start, end);

    /// <summary>
    /// The ids of text with cuts in it, in order: each cut is the token of its id or, where it has none, is encoded
    /// apart from what surrounds it.
    /// </summary>
    internal int[] Encode(string text, IEnumerable<(int Start, int End, int? Id)> cuts)
    {
        var ids = new List<int>();
        var at = 0;
        foreach (var (start, end, id) in cuts)
        {
            ids.AddRange(EncodeStretch(text[at..start]));
            ids.AddRange(id is { } known ? [known] : EncodeStretch(text[start..end]));
            at = end;
        }

        ids.AddRange(EncodeStretch(text[at..]));
        return [.. ids];
    }

    private static BpeTokenizer CreateBpe(string folder, TokenizerFile file)
    {
        try
        {
            return BpeTokenizer.Create(new BpeOptions(file.Vocabulary)
            {
                Merges = file.Merges,
                ByteLevel = true,
                PreTokenizer = new SplitPreTokenizer(file.Pattern),
            });
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            throw new UserErrorException(
                $"Tokenizer: the vocabulary in {folder} contradicts itself ({error.Message}).", error);
        }
    }

    private static byte[]?[] BytesById(TokenizerFile file)
    {
        var bytes = new byte[]?[1 + file.Vocabulary.Values.Concat(file.AddedTokens.Select(token => token.Id)).Max()];
        foreach (var (token, id) in file.Vocabulary)
        {
            bytes[id] = ByteAlphabet.Bytes(token) ?? Encoding.UTF8.GetBytes(token);
        }

        foreach (var token in file.AddedTokens)
        {
            bytes[token.Id] = Encoding.UTF8.GetBytes(token.Content);
        }

        return bytes;
    }

    private int? IdOfRole(string role)
    {
        if (!_config.SpecialTokens.TryGetValue(role, out var name))
        {
            return null;
        }

        return IdOf(name)
            ?? throw new UserErrorException($"Tokenizer: {role} {name} in {_config.Folder} is not in the vocabulary.");
    }

    /// <summary>
    /// Every byte that occurs in UTF-8 must be a token: the tokenizers library never ends where one is missing, and
    /// Hugging Face's drops such text without a word.
    /// </summary>
    private static void RequireBytes(string folder, Dictionary<string, int> vocabulary)
    {
        var missing = Enumerable.Range(0, 256)
            .Where(value => value is not (0xC0 or 0xC1 or >= 0xF5))
            .Where(value => !vocabulary.ContainsKey(ByteAlphabet.Letter((byte)value).ToString()))
            .ToList();
        if (missing.Count > 0)
        {
            throw new UserErrorException(
                $"Tokenizer: the vocabulary in {folder} lacks {missing.Count} of the single bytes, "
                + $"the first 0x{missing[0]:X2}, so that some texts cannot be written in it; use the published files.");
        }
    }

    private IReadOnlyList<int> EncodeStretch(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        var normal = _normalizes ? CanonicalComposition.Normalize(text) : text;
        return _wholePieces?.Encode(normal) ?? _bpe.EncodeToIds(normal);
    }
}
