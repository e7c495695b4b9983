using R1Reward.Data;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Policy.Tests.Tokenization;

public sealed class TokenizerErrorTests : IDisposable
{
    private const string Ids = "\"vocab\":{\"a\":0,\"b\":1,\"ab\":2}";
    private const string Vocabulary = Ids + ",\"merges\":[]";
    private const string Bytes = "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false}";

    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("{\"model\":{\"type\":\"Unigram\"}}")]
    [InlineData("{\"model\":{\"type\":\"BPE\"}," + Bytes + "}")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":\"x\"}}," + Bytes + "}")]
    [InlineData("{\"model\":{\"type\":\"BPE\"," + Ids + ",\"merges\":[\"a c\"]}," + Bytes + "}")]
    [InlineData("{\"model\":{\"type\":\"BPE\"," + Vocabulary + "},\"normalizer\":{\"type\":\"NFKC\"}," + Bytes + "}")]
    [InlineData("{\"model\":{\"type\":\"BPE\"," + Vocabulary + "},\"pre_tokenizer\":{\"type\":\"Metaspace\"}}")]
    [InlineData(
        "{\"model\":{\"type\":\"BPE\","
            + Vocabulary
            + "},\"added_tokens\":[{\"id\":3,\"content\":\"x\",\"lstrip\":true}],"
            + Bytes
            + "}")]
    public void Files_that_would_give_other_ids_are_refused_in_one_line(string tokenizer)
    {
        Write(tokenizer, "{\"eos_token\":\"a\"}");
        var error = Assert.Throws<UserErrorException>(() => Tokenizer.Load(_folder));
        Assert.Contains(_folder, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("{\"eos_token\":\"a\",\"tokenizer_class\":\"LlamaTokenizer\"}", "LlamaTokenizer")]
    [InlineData("{\"eos_token\":\"a\"}", "tokenizer_class is not set")]
    [InlineData(
        "{\"eos_token\":\"a\",\"tokenizer_class\":\"Qwen2TokenizerFast\",\"extra_special_tokens\":[\"<absent>\"]}",
        "<absent>")]
    public void Older_files_that_leave_the_ids_open_are_refused(string config, string named)
    {
        File.WriteAllText(Path.Combine(_folder, "vocab.json"), "{\"a\":0,\"b\":1,\"ab\":2}");
        File.WriteAllText(Path.Combine(_folder, "merges.txt"), "#version: 0.2\na b\n");
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), config);
        Assert.Contains(
            named,
            Assert.Throws<UserErrorException>(() => Tokenizer.Load(_folder)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"eos_token\":\"absent\"}")]
    public void Missing_end_token_is_said(string config)
    {
        Write("{\"model\":{\"type\":\"BPE\"," + Vocabulary + "}," + Bytes + "}", config);
        Assert.Contains(
            "eos_token",
            Assert.Throws<UserErrorException>(() => Tokenizer.Load(_folder)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_folder_is_said() =>
        Assert.Throws<UserErrorException>(() => Tokenizer.Load(Path.Combine(_folder, "absent")));

    private void Write(string tokenizer, string config)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), tokenizer);
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), config);
    }
}
