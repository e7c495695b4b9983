using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Policy.Tokenization.PreTokenization;

namespace R1Reward.Policy.Tokenization.Bpe;

/// <summary>Writes the tokenizer files of a checkpoint as Hugging Face's Qwen2 tokenizer reads them.</summary>
internal static class TokenizerFolder
{
    // No default system turn: the prompts of this project have none.
    private const string ChatMlTemplate =
        "{% for message in messages %}"
        + "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    // The same for a vocabulary with places for media, whose turns are lists of parts.
    private const string MediaTemplate =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}"
        + "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
        + "{% for part in message['content'] %}"
        + "{% if part['type'] == 'image' %}{{ '<|vision_start|><|image_pad|><|vision_end|>' }}"
        + "{% elif part['type'] == 'video' %}{{ '<|vision_start|><|video_pad|><|vision_end|>' }}"
        + "{% elif part['type'] == 'audio' %}{{ '<|audio_bos|><|AUDIO|><|audio_eos|>' }}"
        + "{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
        + "{% endif %}{{ '<|im_end|>' + '\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private const int ModelMaxLength = 32768;

    /// <summary>Writes tokenizer.json, tokenizer_config.json, vocab.json and merges.txt.</summary>
    /// <param name="folder">Made if missing.</param>
    /// <param name="tokens">The BPE tokens in the order of their ids.</param>
    /// <param name="merges">The merges, best first.</param>
    /// <param name="specialTokens">
    /// Control tokens, numbered after the BPE tokens: end of text (also padding) first, end of turn last.
    /// </param>
    public static void Write(
        string folder,
        List<string> tokens,
        List<(string Left, string Right)> merges,
        IReadOnlyList<string> specialTokens)
    {
        Directory.CreateDirectory(folder);
        var vocabulary = new JObject(tokens.Select((token, id) => new JProperty(token, id)));
        var added = specialTokens.Select((token, i) => (Id: tokens.Count + i, Token: Added(token))).ToList();
        Save(folder, "tokenizer.json", TokenizerJson(vocabulary, merges, added).ToString(Formatting.Indented));
        Save(folder, "tokenizer_config.json", Config(specialTokens, added).ToString(Formatting.Indented));
        Save(folder, "vocab.json", vocabulary.ToString(Formatting.None));
        var lines = merges.Select(merge => $"{merge.Left} {merge.Right}\n");
        Save(folder, "merges.txt", "#version: 0.2\n" + string.Concat(lines));
    }

    private static JObject TokenizerJson(
        JObject vocabulary,
        List<(string Left, string Right)> merges,
        List<(int Id, JObject Token)> added)
    {
        var split = new JObject
        {
            ["type"] = "Split",
            ["pattern"] = new JObject { ["Regex"] = SplitPreTokenizer.QwenPattern },
            ["behavior"] = "Isolated",
            ["invert"] = false,
        };
        var byteLevel = new JObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = false,
            ["trim_offsets"] = false,
            ["use_regex"] = false,
        };
        var tokens = added.Select(token => new JObject(new JProperty("id", token.Id), token.Token.Properties()));
        return new JObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JArray(tokens),
            ["normalizer"] = new JObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JObject { ["type"] = "Sequence", ["pretokenizers"] = new JArray(split, byteLevel) },
            ["post_processor"] = byteLevel.DeepClone(),
            ["decoder"] = byteLevel.DeepClone(),
            ["model"] = new JObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = vocabulary.DeepClone(),
                ["merges"] = new JArray(merges.Select(merge => new JArray(merge.Left, merge.Right))),
            },
        };
    }

    private static JObject Config(IReadOnlyList<string> specialTokens, List<(int Id, JObject Token)> added) => new()
    {
        ["add_bos_token"] = false,
        ["add_prefix_space"] = false,
        ["added_tokens_decoder"] = new JObject(added.Select(token => new JProperty($"{token.Id}", token.Token))),
        ["additional_special_tokens"] = new JArray(specialTokens.Skip(1)),
        ["bos_token"] = null,
        ["chat_template"] = specialTokens.Count > BpeTrainer.SpecialTokens.Count ? MediaTemplate : ChatMlTemplate,
        ["clean_up_tokenization_spaces"] = false,
        ["eos_token"] = specialTokens[^1],
        ["errors"] = "replace",
        ["model_max_length"] = ModelMaxLength,
        ["pad_token"] = specialTokens[0],
        ["padding_side"] = "left",
        ["split_special_tokens"] = false,
        ["tokenizer_class"] = "Qwen2Tokenizer",
        ["unk_token"] = null,
    };

    private static JObject Added(string content) => new()
    {
        ["content"] = content,
        ["lstrip"] = false,
        ["normalized"] = false,
        ["rstrip"] = false,
        ["single_word"] = false,
        ["special"] = true,
    };

    private static void Save(string folder, string name, string text) =>
        File.WriteAllText(Path.Combine(folder, name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
