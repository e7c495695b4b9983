using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>Reads JSON of a tokenizer's files, with errors that name the file.</summary>
internal static class TokenizerJson
{
    /// <summary>The object in a file.</summary>
    /// <exception cref="UserErrorException">The file is missing, or is no JSON object.</exception>
    public static JObject Read(string path)
    {
        if (File.Exists(path))
        {
            RegularFile.Require(path, RegularFile.MaxTextBytes);
        }

        try
        {
            using var text = new StreamReader(path);
            using var reader = new JsonTextReader(text) { DateParseHandling = DateParseHandling.None };
            var root = JObject.Load(reader);

            // Throws where more text follows.
            reader.Read();
            return root;
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
        if (token is not JObject || token["content"] is not JValue { Value: string { Length: > 0 } content })
        {
            throw Unsupported(path, "has an added token without content");
        }

        foreach (var flag in (string[])["single_word", "lstrip", "rstrip"])
        {
            if ((bool?)token[flag] == true)
            {
                throw Unsupported(path, $"sets {flag} on the added token {content}");
            }
        }

        var known = id ?? throw Unsupported(path, $"gives the added token {content} no id");
        RequireId(path, content, known);
        return new AddedToken(known, content, (bool?)token["special"] == true);
    }

    /// <summary>Refuses ids that no vocabulary has: tables are as long as the highest of them.</summary>
    /// <exception cref="UserErrorException">The id is negative or far too large.</exception>
    public static void RequireId(string path, string token, int id)
    {
        const int largest = 1 << 24;
        if (id is < 0 or > largest)
        {
            throw new UserErrorException(
                $"Tokenizer: {path} gives the token {token} the id {id}; ids are from 0 to {largest}.");
        }
    }

    /// <summary>The error that a file describes another kind of tokenizer.</summary>
    public static UserErrorException Unsupported(string path, string what) => new(
        $"Tokenizer: {path} {what}; only byte-level BPE with an NFC normalizer or none, "
        + "as the Qwen and GPT-2 families have it, can be read.");
}
