using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>Reads JSON of a tokenizer's files, with errors that name the file.</summary>
internal static class TokenizerJson
{
    /// <summary>The object in a file.</summary>
    /// <exception cref="UserErrorException">The file is missing, or is no JSON object.</exception>
    public static JObject Read(string path)
    {
        try
        {
            using var text = new StreamReader(path);
            using var reader = new JsonTextReader(text) { DateParseHandling = DateParseHandling.None };
            return JObject.Load(reader);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"Tokenizer: {path} cannot be read ({error.Message}).", error);
        }
    }

    /// <summary>Reads the description of an added token.</summary>
    /// <param name="path">The file, named in errors.</param>
    /// <param name="token">The object that describes the token.</param>
    /// <param name="id">Its id, which some files have elsewhere; null where it is missing.</param>
    /// <exception cref="UserErrorException">
    /// It has no id or content, or is found by rules that are not computed.
    /// </exception>
    public static AddedToken ReadAddedToken(string path, JToken token, int? id)
    {
        var content = (string?)token["content"] ?? throw Unsupported(path, "has an added token without content");
        foreach (var flag in (string[])["single_word", "lstrip", "rstrip"])
        {
            if ((bool?)token[flag] == true)
            {
                throw Unsupported(path, $"sets {flag} on the added token {content}");
            }
        }

        var known = id ?? throw Unsupported(path, $"gives the added token {content} no id");
        return new AddedToken(known, content, (bool?)token["special"] == true);
    }

    /// <summary>The error that a file describes another kind of tokenizer.</summary>
    public static UserErrorException Unsupported(string path, string what) => new(
        $"Tokenizer: {path} {what}; only byte-level BPE with an NFC normalizer or none, "
        + "as the Qwen and GPT-2 families have it, can be read.");
}
