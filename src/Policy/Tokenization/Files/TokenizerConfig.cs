using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>What a checkpoint folder says of its tokenizer beside vocabulary and merges: tokenizer_config.json and the small files around it.</summary>
internal sealed class TokenizerConfig
{
    private static readonly string[] _specialNames = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly string _folder;
    private readonly JObject _config;

    private TokenizerConfig(string folder, JObject config)
    {
        _folder = folder;
        _config = config;
        SpecialTokens = _specialNames.Select(name => (name, Content(_config[name]))).Where(token => token.Item2 is not null).ToDictionary(token => token.name, token => token.Item2!);
        SpecialContents = SpecialTokens.Values.Concat(Listed("additional_special_tokens")).Concat(Listed("extra_special_tokens")).ToHashSet();
    }

    /// <summary>Control tokens by the names of their roles: <c>eos_token</c>, <c>pad_token</c> and so on.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; }

    /// <summary>The texts of all tokens that the folder calls special.</summary>
    public IReadOnlySet<string> SpecialContents { get; }

    /// <summary>The class that reads the tokenizer in Hugging Face's library, without the mark of the fast variant.</summary>
    public string? TokenizerClass => (string?)_config["tokenizer_class"] is { } name ? name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name : null;

    /// <summary>The side on which short texts of a batch are filled; right unless the folder says otherwise.</summary>
    public Side PaddingSide => SideOf("padding_side");

    /// <summary>The side on which long texts are cut; right unless the folder says otherwise.</summary>
    public Side TruncationSide => SideOf("truncation_side");

    /// <summary>Reads the configuration of a folder.</summary>
    /// <exception cref="UserErrorException">A file is missing or broken.</exception>
    public static TokenizerConfig Read(string folder)
    {
        var config = TokenizerFile.ReadJson(Path.Combine(folder, "tokenizer_config.json"));
        var older = Path.Combine(folder, "special_tokens_map.json");
        foreach (var (name, value) in File.Exists(older) ? TokenizerFile.ReadJson(older) : [])
        {
            if (!config.ContainsKey(name))
            {
                config[name] = value;
            }
        }

        return new TokenizerConfig(folder, config);
    }

    /// <summary>Added tokens that tokenizer_config.json (<c>added_tokens_decoder</c>) or added_tokens.json lists.</summary>
    public IEnumerable<AddedToken> AddedTokens()
    {
        if (_config["added_tokens_decoder"] is JObject { Count: > 0 } byId)
        {
            return byId.Properties().Select(token => TokenizerFile.Added(Path.Combine(_folder, "tokenizer_config.json"), token.Value, int.Parse(token.Name, System.Globalization.CultureInfo.InvariantCulture)));
        }

        var path = Path.Combine(_folder, "added_tokens.json");
        return File.Exists(path)
            ? TokenizerFile.ReadJson(path).Properties().Select(token => new AddedToken((int)token.Value, token.Name, SpecialContents.Contains(token.Name)))
            : [];
    }

    /// <summary>The chat template and the file it stands in: chat_template.jinja, chat_template.json or tokenizer_config.json; null if there is none.</summary>
    public (string Source, string Path)? ChatTemplate()
    {
        var path = Path.Combine(_folder, "chat_template.jinja");
        if (File.Exists(path))
        {
            return (File.ReadAllText(path), path);
        }

        path = Path.Combine(_folder, "chat_template.json");
        if (File.Exists(path) && Template(TokenizerFile.ReadJson(path)) is { } ofProcessor)
        {
            return (ofProcessor, path);
        }

        return Template(_config) is { } source ? (source, Path.Combine(_folder, "tokenizer_config.json")) : null;
    }

    // One template, or several with names, of which one is the default.
    private static string? Template(JObject config) => config["chat_template"] switch
    {
        JArray named => (string?)named.FirstOrDefault(template => (string?)template["name"] == "default")?["template"],
        var one => (string?)one,
    };

    // Configurations write a token as a string or as an object with its content.
    private static string? Content(JToken? token) => token is JObject entries ? (string?)entries["content"] : (string?)token;

    private IEnumerable<string> Listed(string name) => (_config[name] switch
    {
        JArray list => list.Select(Content),
        JObject byName => byName.Properties().Select(token => Content(token.Value)),
        _ => [],
    }).OfType<string>();

    private Side SideOf(string name) => (string?)_config[name] == "left" ? Side.Left : Side.Right;
}
