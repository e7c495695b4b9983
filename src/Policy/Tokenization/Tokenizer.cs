using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Tokenization;

/// <summary>
/// Byte-level BPE as a checkpoint's tokenizer.json describes it. Added tokens are cut out of the text first, longest first
/// and before normalization; each stretch between them is normalised, split and merged on its own. Thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private static readonly string[] _fileNames = ["tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json", "chat_template.jinja"];

    private readonly string _folder;
    private readonly BpeTokenizer _bpe;
    private readonly bool _normalizes;
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<string, int> _addedIds;
    private readonly Regex? _allAdded;
    private readonly Regex? _plainAdded;
    private readonly HashSet<int> _specialIds;
    private readonly byte[]?[] _bytes;

    private Tokenizer(string folder, TokenizerFile file, JObject config)
    {
        _folder = folder;
        _normalizes = file.Normalizes;
        _bpe = CreateBpe(folder, file);
        _vocabulary = file.Vocabulary;
        _addedIds = file.AddedTokens.ToDictionary(token => token.Content, token => token.Id);
        _allAdded = Finder(file.AddedTokens);
        _plainAdded = Finder(file.AddedTokens.Where(token => !token.Special));
        _specialIds = [.. file.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        _bytes = BytesById(file);
        EosId = Named(config, "eos_token") ?? throw new UserErrorException($"Tokenizer: tokenizer_config.json in {folder} names no eos_token.");
        PadId = Named(config, "pad_token") ?? EosId;
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

    /// <summary>Reads tokenizer.json and tokenizer_config.json of a checkpoint folder.</summary>
    /// <exception cref="UserErrorException">A file is missing or broken, or describes another kind of tokenizer.</exception>
    public static Tokenizer Load(string folder) => new(
        folder,
        TokenizerFile.Read(Path.Combine(folder, "tokenizer.json")),
        TokenizerFile.ReadJson(Path.Combine(folder, "tokenizer_config.json")));

    /// <summary>The ids of trusted text: control tokens written in it become control tokens.</summary>
    public int[] Encode(string text) => Encode(text, _allAdded);

    /// <summary>The ids of text from outside: control tokens written in it stay plain text (decision D26); added tokens that control nothing are still found.</summary>
    public int[] EncodePlain(string text) => Encode(text, _plainAdded);

    /// <summary>
    /// Like <see cref="EncodePlain"/>, with each control token written in the text encoded apart from what surrounds it:
    /// how a rendered chat is made safe.
    /// </summary>
    internal int[] EncodeUntrusted(string text) => Encode(text, _allAdded, specialAsText: true);

    /// <summary>The ids of text in which no added token is looked for at all.</summary>
    public int[] EncodeRaw(string text) => Encode(text, null);

    /// <summary>The id of a token by its text, as the vocabulary writes it; null if there is none.</summary>
    public int? IdOf(string token) =>
        _addedIds.TryGetValue(token, out var id) || _vocabulary.TryGetValue(token, out id) ? id : null;

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

    /// <summary>The bytes that an id adds to the text.</summary>
    internal ReadOnlySpan<byte> BytesOf(int id, bool skipSpecial) =>
        (uint)id >= (uint)_bytes.Length || (skipSpecial && _specialIds.Contains(id)) ? [] : _bytes[id];

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
            throw new UserErrorException($"Tokenizer: tokenizer.json in {folder} contradicts itself ({error.Message}).", error);
        }
    }

    // Alternation takes the first branch that matches, so longest first.
    private static Regex? Finder(IEnumerable<AddedToken> tokens)
    {
        var contents = tokens.Select(token => token.Content).OrderByDescending(content => content.Length).Select(Regex.Escape).ToList();
        return contents.Count == 0 ? null : new Regex(string.Join('|', contents), RegexOptions.CultureInvariant);
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

    // Configurations write a token as a string or as an object with its content.
    private int? Named(JObject config, string key)
    {
        var name = config[key] is JObject token ? (string?)token["content"] : (string?)config[key];
        return name is null ? null : IdOf(name) ?? throw new UserErrorException($"Tokenizer: {key} {name} in {_folder} is not in the vocabulary.");
    }

    private int[] Encode(string text, Regex? added, bool specialAsText = false)
    {
        if (added is null)
        {
            return [.. EncodeStretch(text)];
        }

        var ids = new List<int>();
        var end = 0;
        foreach (var match in added.EnumerateMatches(text))
        {
            ids.AddRange(EncodeStretch(text[end..match.Index]));
            end = match.Index + match.Length;
            var token = text[match.Index..end];
            ids.AddRange(specialAsText && _specialIds.Contains(_addedIds[token]) ? EncodeStretch(token) : [_addedIds[token]]);
        }

        ids.AddRange(EncodeStretch(text[end..]));
        return [.. ids];
    }

    private IReadOnlyList<int> EncodeStretch(string text) =>
        text.Length == 0 ? [] : _bpe.EncodeToIds(_normalizes ? CanonicalComposition.Normalize(text) : text);
}
