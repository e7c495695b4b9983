using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>
/// What a checkpoint folder states of its tokenizer beside vocabulary and merges: tokenizer_config.json and the small
/// files around it.
/// </summary>
internal sealed class TokenizerConfig
{
    private const string FileName = "tokenizer_config.json";
    private const string AddedTokensName = "added_tokens.json";
    private const string SpecialTokensName = "special_tokens_map.json";
    private const string TemplateName = "chat_template.jinja";
    private const string ProcessorTemplateName = "chat_template.json";

    /// <summary>Published templates have at most some ten KiB.</summary>
    private const long MaxTemplateBytes = 1L << 20;

    private static readonly string[] _roles =
        ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    // A processor's files belong to the chat template: they state what its placeholders stand for.
    private static readonly string[] _files =
    [
        "tokenizer.json",
        FileName,
        "vocab.json",
        "merges.txt",
        AddedTokensName,
        SpecialTokensName,
        TemplateName,
        ProcessorTemplateName,
        "preprocessor_config.json",
        "video_preprocessor_config.json",
        "processor_config.json",
    ];

    private readonly JObject _config;

    private TokenizerConfig(string folder, JObject config)
    {
        _config = config;
        Folder = folder;
        SpecialTokens = _roles.Where(role => Content(config[role]) is not null)
            .ToDictionary(role => role, role => Content(config[role])!);
        SpecialContents = SpecialTokens.Values
            .Concat(Listed("additional_special_tokens"))
            .Concat(Listed("extra_special_tokens"))
            .ToHashSet();
    }

    /// <summary>The folder that was read.</summary>
    public string Folder { get; }

    /// <summary>Control tokens by the names of their roles: <c>eos_token</c>, <c>pad_token</c> and so on.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; }

    /// <summary>The texts of all tokens that the folder calls special.</summary>
    public IReadOnlySet<string> SpecialContents { get; }

    /// <summary>
    /// The class that reads the tokenizer in Hugging Face's library, without the ending of the fast variant; null where
    /// the folder names none.
    /// </summary>
    public string? TokenizerClass
    {
        get
        {
            var name = (string?)_config["tokenizer_class"];
            return name?.EndsWith("Fast", StringComparison.Ordinal) == true ? name[..^4] : name;
        }
    }

    /// <summary>The side on which short texts of a batch are filled; right unless the folder says otherwise.</summary>
    public Side PaddingSide => SideOf("padding_side");

    /// <summary>The side on which long texts are cut; right unless the folder says otherwise.</summary>
    public Side TruncationSide => SideOf("truncation_side");

    /// <summary>Reads the configuration of a folder.</summary>
    /// <exception cref="UserErrorException">A file is missing or broken.</exception>
    public static TokenizerConfig Read(string folder)
    {
        var config = TokenizerJson.Read(Path.Combine(folder, FileName));
        var older = Path.Combine(folder, SpecialTokensName);
        foreach (var (name, value) in File.Exists(older) ? TokenizerJson.Read(older) : [])
        {
            if (!config.ContainsKey(name))
            {
                config[name] = value;
            }
        }

        var path = Path.Combine(folder, FileName);
        TokenizerConfigKeys.Check(config, path);
        try
        {
            return new TokenizerConfig(folder, config);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            throw new UserErrorException(
                $"Tokenizer: {path} holds a value of the wrong kind ({error.Message}).",
                error);
        }
    }

    /// <summary>
    /// Added tokens that tokenizer_config.json (<c>added_tokens_decoder</c>) or added_tokens.json lists.
    /// </summary>
    public IEnumerable<AddedToken> AddedTokens()
    {
        if (_config["added_tokens_decoder"] is JObject { Count: > 0 } byId)
        {
            var config = Path.Combine(Folder, FileName);
            return byId.Properties().Select(token => TokenizerJson.ReadAddedToken(
                config,
                token.Value,
                int.Parse(token.Name, CultureInfo.InvariantCulture)));
        }

        var path = Path.Combine(Folder, AddedTokensName);
        return File.Exists(path)
            ? TokenizerJson.Read(path).Properties().Select(token => Added(path, token))
            : [];
    }

    /// <summary>
    /// The chat template and the file that it is in: chat_template.jinja, chat_template.json or tokenizer_config.json;
    /// null if there is none.
    /// </summary>
    public (string Source, string Path)? ChatTemplate()
    {
        var path = Path.Combine(Folder, TemplateName);
        if (File.Exists(path))
        {
            return (RegularFile.ReadText(path, MaxTemplateBytes), path);
        }

        path = Path.Combine(Folder, ProcessorTemplateName);
        if (File.Exists(path) && Template(TokenizerJson.Read(path), path) is { } ofProcessor)
        {
            return (ofProcessor, path);
        }

        path = Path.Combine(Folder, FileName);
        return Template(_config, path) is { } source ? (source, path) : null;
    }

    /// <summary>
    /// Copies the files of the tokenizer, those that exist, into another folder, which is made if missing.
    /// </summary>
    public void CopyFilesTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in _files.Where(name => File.Exists(Path.Combine(Folder, name))))
        {
            File.Copy(Path.Combine(Folder, name), Path.Combine(folder, name), overwrite: true);
        }
    }

    private AddedToken Added(string path, JProperty token)
    {
        var id = (int)token.Value;
        TokenizerJson.RequireId(path, token.Name, id);
        return new AddedToken(id, token.Name, SpecialContents.Contains(token.Name));
    }

    // One template, or several with names, of which one is the default.
    private static string? Template(JObject config, string path)
    {
        var written = config["chat_template"] is JArray named
            ? named.OfType<JObject>().FirstOrDefault(IsDefault)?["template"]
            : config["chat_template"];
        return written switch
        {
            null or { Type: JTokenType.Null } => null,
            { Type: JTokenType.String } text => (string?)text,
            var other => throw new UserErrorException(
                $"Tokenizer: {path}: chat_template must be a text, or a list of such with names, "
                + $"but is {other.ToString(Newtonsoft.Json.Formatting.None)}."),
        };
    }

    private static bool IsDefault(JObject template) =>
        template["name"] is JValue { Type: JTokenType.String, Value: "default" };

    // Configurations write a token as a string or as an object with its content.
    private static string? Content(JToken? token) => token switch
    {
        null or { Type: JTokenType.Null } => null,
        { Type: JTokenType.String } text => (string?)text,
        JObject entries => Content(entries["content"]),
        _ => throw new FormatException($"{token.Path} is no token"),
    };

    private IEnumerable<string> Listed(string name) => (_config[name] switch
    {
        JArray list => list.Select(Content),
        JObject byName => byName.Properties().Select(token => Content(token.Value)),
        _ => [],
    }).OfType<string>();

    private Side SideOf(string name) => (string?)_config[name] == "left" ? Side.Left : Side.Right;
}
