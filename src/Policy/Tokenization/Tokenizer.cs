using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;
using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Policy.Tokenization.Files;
using R1Reward.Policy.Tokenization.Jinja;

namespace R1Reward.Policy.Tokenization;

/// <summary>
/// Byte-level BPE as a checkpoint's files describe it. Added tokens are cut out of the text first, longest first
/// and before normalization; each stretch between them is normalised, split and merged on its own. Thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private static readonly string[] _fileNames =
    [
        "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json", "chat_template.jinja", "chat_template.json",
        "preprocessor_config.json", "video_preprocessor_config.json", "processor_config.json",
    ];

    private readonly string _folder;
    private readonly TokenizerConfig _config;
    private readonly BpeTokenizer _bpe;
    private readonly bool _normalizes;
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<string, AddedToken> _added;
    private readonly AddedTokenFinder _allAdded;
    private readonly AddedTokenFinder _plainAdded;
    private readonly HashSet<int> _specialIds;
    private readonly byte[]?[] _bytes;
    private readonly Lazy<JinjaTemplate> _chatTemplate;

    private Tokenizer(string folder, TokenizerFile file, TokenizerConfig config)
    {
        (_folder, _config, _normalizes, _vocabulary) = (folder, config, file.Normalizes, file.Vocabulary);
        _bpe = CreateBpe(folder, file);
        _added = file.AddedTokens.ToDictionary(token => token.Content);
        _allAdded = new AddedTokenFinder(file.AddedTokens);
        _plainAdded = new AddedTokenFinder(file.AddedTokens.Where(token => !token.Special));
        _specialIds = [.. file.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        _bytes = BytesById(file);
        _chatTemplate = new Lazy<JinjaTemplate>(ReadChatTemplate);
        EosId = Named("eos_token") ?? throw new UserErrorException($"Tokenizer: tokenizer_config.json in {folder} names no eos_token.");
        PadId = Named("pad_token") ?? EosId;
        StopIds = IdOf("<|im_end|>") is { } turnEnd ? new HashSet<int> { EosId, turnEnd } : new HashSet<int> { EosId };
    }

    /// <summary>One more than the highest id. A model's embedding may have more rows, never fewer.</summary>
    public int VocabularySize => _bytes.Length;

    /// <summary>The id that ends a text.</summary>
    public int EosId { get; }

    /// <summary>The id that fills batches; the end token where the checkpoint names none.</summary>
    public int PadId { get; }

    /// <summary>The ids on which generation stops: the end of the text and, in chat vocabularies, the end of a turn.</summary>
    public IReadOnlySet<int> StopIds { get; }

    /// <summary>Whether a folder has the files of a tokenizer.</summary>
    public static bool Exists(string folder) => TokenizerFile.Exists(folder);

    /// <summary>Reads the tokenizer of a checkpoint folder: tokenizer.json, or vocab.json and merges.txt, and tokenizer_config.json.</summary>
    /// <exception cref="UserErrorException">A file is missing or broken, or describes another kind of tokenizer.</exception>
    public static Tokenizer Load(string folder)
    {
        var config = TokenizerConfig.Read(folder);
        return new Tokenizer(folder, TokenizerFile.Load(folder, config), config);
    }

    /// <summary>The ids of trusted text: control tokens written in it become control tokens.</summary>
    public int[] Encode(string text) => Encode(MarkedText.Trusted(text), UntrustedText.Published);

    /// <summary>The ids of text from outside: control tokens written in it stay plain text; added tokens that control nothing are still found.</summary>
    public int[] EncodePlain(string text) =>
        Encode(text, _plainAdded.Find(text, 0, text.Length).Select(found => (found.Start, found.End, (int?)found.Token.Id)));

    /// <summary>The ids of text in which no added token is looked for at all.</summary>
    public int[] EncodeRaw(string text) => Encode(text, []);

    /// <summary>The ids of several texts as rows of one batch.</summary>
    /// <param name="texts">Trusted texts.</param>
    /// <param name="options">How rows are filled and cut; sides that they leave open are the configuration's.</param>
    /// <exception cref="ArgumentException">The options need a length and have none.</exception>
    public BatchEncoding EncodeBatch(IEnumerable<string> texts, BatchOptions options) => BatchEncoding.Of(
        texts.Select(Encode),
        options with { PaddingSide = options.PaddingSide ?? _config.PaddingSide, TruncationSide = options.TruncationSide ?? _config.TruncationSide },
        PadId);

    /// <summary>The id of a token by its text, as the vocabulary writes it; null if there is none.</summary>
    public int? IdOf(string token) =>
        _added.TryGetValue(token, out var added) ? added.Id : _vocabulary.TryGetValue(token, out var id) ? id : null;

    /// <summary>Whether the id is a control token.</summary>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <summary>The text of ids; broken UTF-8 becomes U+FFFD, ids without a token become nothing.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecial">Leave control tokens out. They go before the bytes are joined.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecial = false)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var id in ids)
        {
            bytes.Write(BytesOf(id, skipSpecial));
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Copies the files this tokenizer was read from, those that exist, into another checkpoint folder.</summary>
    public void CopyTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in _fileNames.Where(name => File.Exists(Path.Combine(_folder, name))))
        {
            File.Copy(Path.Combine(_folder, name), Path.Combine(folder, name), overwrite: true);
        }
    }

    /// <summary>
    /// The ids of a rendered chat. In its trusted parts all added tokens are found; one that is refused in an untrusted part
    /// is encoded apart from what surrounds it, as text.
    /// </summary>
    internal int[] Encode(MarkedText text, UntrustedText reading)
    {
        // Looked for part by part, so that characters of two parts never make one token.
        IEnumerable<(int Start, int End)> parts = reading == UntrustedText.Sanitized ? text.Runs() : [(0, text.Value.Length)];
        return Encode(text.Value, parts
            .SelectMany(part => _allAdded.Find(text.Value, part.Start, part.End))
            .Select(found => (found.Start, found.End, Admits(found.Token) || !text.IsUntrusted(found.Start, found.End) ? found.Token.Id : (int?)null)));

        bool Admits(AddedToken token) => reading == UntrustedText.Published
            ? !ChatTemplate.Placeholders.Contains(token.Content)
            : !token.Special && !JudgmentParser.Tags.Contains(token.Content);
    }

    /// <summary>The ids of a reply to be learnt: its tags are tokens where the vocabulary has such, control tokens are text.</summary>
    internal int[] EncodeReply(string text) => Encode(text, _allAdded.Find(text, 0, text.Length)
        .Select(found => (found.Start, found.End, found.Token.Special ? null : (int?)found.Token.Id)));

    /// <summary>A renderer by the folder's chat template.</summary>
    /// <exception cref="UserErrorException">There is none, or it cannot be read.</exception>
    internal ChatRenderer CreateRenderer(TimeProvider time) => new(_chatTemplate.Value, _config.SpecialTokens, time);

    /// <summary>The bytes that an id adds to the text.</summary>
    public ReadOnlySpan<byte> BytesOf(int id, bool skipSpecial) =>
        (uint)id >= (uint)_bytes.Length || (skipSpecial && _specialIds.Contains(id)) ? [] : _bytes[id];

    private JinjaTemplate ReadChatTemplate() => _config.ChatTemplate() is { } found
        ? JinjaTemplate.Parse(found.Source, found.Path)
        : throw new UserErrorException($"Chat template: {_folder} has none; add a chat_template.jinja, or use the chat variant of the model.");

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
            throw new UserErrorException($"Tokenizer: the vocabulary in {folder} contradicts itself ({error.Message}).", error);
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

    private int? Named(string key) => !_config.SpecialTokens.TryGetValue(key, out var name)
        ? null
        : IdOf(name) ?? throw new UserErrorException($"Tokenizer: {key} {name} in {_folder} is not in the vocabulary.");

    // Each cut is a token of its own; one without an id is encoded apart.
    private int[] Encode(string text, IEnumerable<(int Start, int End, int? Id)> cuts)
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

    private IReadOnlyList<int> EncodeStretch(string text) =>
        text.Length == 0 ? [] : _bpe.EncodeToIds(_normalizes ? CanonicalComposition.Normalize(text) : text);
}
