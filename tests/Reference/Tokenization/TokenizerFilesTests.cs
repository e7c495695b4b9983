using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests.Tokenization;

/// <summary>The same tokenizer comes from each of the forms in which checkpoints store it.</summary>
public sealed class TokenizerFilesTests : IDisposable
{
    private const string Section = "tokenizer";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FixtureFact]
    public void Every_checkpoint_loads_its_tokenizer_and_renders_its_template()
    {
        var folders = Directory.EnumerateDirectories(Fixtures.Path("models")).Where(Tokenizer.Exists).ToList();
        Assert.NotEmpty(folders);
        Assert.All(folders, folder =>
        {
            var tokenizer = Tokenizer.Load(folder);
            var ids = new ChatTemplate(tokenizer).Render([
                new Data.Prompts.ChatMessage("user", "Which answer is better?"),
            ]);
            Assert.Contains("Which answer is better?", tokenizer.Decode(ids), StringComparison.Ordinal);
            Assert.Contains(ids, tokenizer.IsSpecial);
        });
    }

    [ReferenceTheory(Section, "encode", "encode_small")]
    public void Vocabulary_and_merges_alone_give_the_same_ids(string name)
    {
        var folder = Tokenizers.FolderOf(Section, name);
        WriteOlderFiles(folder);
        File.Copy(Path.Combine(folder, "tokenizer_config.json"), _folder.At("tokenizer_config.json"));
        AssertSameIds(name);
    }

    [ReferenceTheory(Section, "encode_small")]
    public void Added_tokens_json_and_extra_special_tokens_give_the_same_ids(string name)
    {
        var folder = Tokenizers.FolderOf(Section, name);
        WriteOlderFiles(folder);
        File.Copy(Path.Combine(folder, "added_tokens.json"), _folder.At("added_tokens.json"));
        WriteNewerConfig(folder);
        AssertSameIds(name);
    }

    [ReferenceTheory(Section, "encode", "encode_small")]
    public void A_configuration_without_added_tokens_decoder_gives_the_same_ids(string name)
    {
        var folder = Tokenizers.FolderOf(Section, name);
        File.Copy(Path.Combine(folder, "tokenizer.json"), _folder.At("tokenizer.json"));
        WriteNewerConfig(folder);
        AssertSameIds(name);
    }

    [ReferenceTheory("chat", "judge_prompts")]
    public void The_template_is_found_in_each_of_its_places(string name)
    {
        var folder = Tokenizers.FolderOf("chat", name);
        File.Copy(Path.Combine(folder, "tokenizer.json"), _folder.At("tokenizer.json"));
        var config = Json(Path.Combine(folder, "tokenizer_config.json"));
        const string said = "{{ messages[0].content }}";
        foreach (
            var (file, text) in ((string, string)[])
                [
                    ("tokenizer_config.json", With(config, "in the configuration" + said).ToString()),
                    (
                        "tokenizer_config.json",
                        With(config, new JArray(Named("tool_use", "no"), Named("default", "by name" + said)))
                            .ToString()),
                    ("chat_template.json", new JObject { ["chat_template"] = "in json" + said }.ToString()),
                    ("chat_template.jinja", "in jinja" + said),
                ])
        {
            File.WriteAllText(_folder.At(file), text);
            var tokenizer = Tokenizer.Load(_folder.Path);
            var expected =
                file == "chat_template.jinja" ? "in jinja"
                : file == "chat_template.json" ? "in json"
                : text.Contains("by name", StringComparison.Ordinal) ? "by name"
                : "in the configuration";
            Assert.Equal(
                expected + "x",
                tokenizer.Decode(new ChatTemplate(tokenizer).Render([new Data.Prompts.ChatMessage("user", "x")])));
        }

        static JObject Named(string key, string template) => new() { ["name"] = key, ["template"] = template };
    }

    // The folder's own vocab.json and merges.txt; where it has none they follow from tokenizer.json, with hashes to
    // check.
    private void WriteOlderFiles(string folder)
    {
        var model = (JObject)Json(Path.Combine(folder, "tokenizer.json"))["model"]!;
        File.WriteAllText(_folder.At("vocab.json"), model["vocab"]!.ToString(Formatting.None));
        File.WriteAllText(
            _folder.At("merges.txt"),
            "#version: 0.2\n"
                + string.Concat(
                    model["merges"]!.Select(merge =>
                        (merge is JArray pair ? $"{pair[0]} {pair[1]}" : (string)merge!) + "\n")));
        var sizes = Path.Combine(folder, "sizes.json");
        foreach (var file in (string[])["vocab.json", "merges.txt"])
        {
            if (File.Exists(Path.Combine(folder, file)))
            {
                File.Copy(Path.Combine(folder, file), _folder.At(file), overwrite: true);
            }
            else if (File.Exists(sizes) && Json(sizes)[file] is JObject known)
            {
                Assert.Equal(
                    (string)known["sha256"]!,
                    Convert.ToHexStringLower(
                        SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(_folder.At(file))))));
            }
        }
    }

    private void WriteNewerConfig(string folder)
    {
        var config = Json(Path.Combine(folder, "tokenizer_config.json"));
        config["extra_special_tokens"] = config["additional_special_tokens"];
        config.Remove("additional_special_tokens");
        config.Remove("added_tokens_decoder");
        File.WriteAllText(_folder.At("tokenizer_config.json"), config.ToString());
    }

    private void AssertSameIds(string name)
    {
        var tokenizer = Tokenizer.Load(_folder.Path);
        RowFile.AssertAll(Section, name, row =>
        {
            Assert.Equal(row["ids"]!.ToObject<int[]>(), tokenizer.Encode((string)row["text"]!));
            Assert.Equal(
                (row["ids_plain"] ?? row["ids"])!.ToObject<int[]>(),
                tokenizer.EncodePlain((string)row["text"]!));
        });
    }

    private static JObject Json(string path) => JObject.Parse(File.ReadAllText(path));

    private static JObject With(JObject config, JToken template) => new(config) { ["chat_template"] = template };
}
