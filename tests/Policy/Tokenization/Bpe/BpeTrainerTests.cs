using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;

namespace R1Reward.Policy.Tests.Tokenization.Bpe;

public sealed class BpeTrainerTests : IDisposable
{
    private const string Corpus =
        "red circle, blue square; how many red circles? <think>red vs red: yes, 1</think><answer>1</answer>";

    private readonly string _folder = Directory.CreateTempSubdirectory("bpe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Frequent_words_become_one_token_and_any_text_survives_the_round_trip()
    {
        var tokenizer = Train(400, "a");
        Assert.Single(tokenizer.EncodePlain(" circle"));
        Assert.Single(tokenizer.EncodePlain(" red"));
        const string unseen = "Größe 42, 漢字 🙂 <|im_end|>\n";
        Assert.Equal(unseen, tokenizer.Decode(tokenizer.EncodePlain(unseen)));
    }

    [Fact]
    public void Same_corpus_gives_the_same_files()
    {
        Train(320, "a");
        Train(320, "b");
        foreach (var name in (string[])["tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"])
        {
            Assert.Equal(
                File.ReadAllText(Path.Combine(_folder, "a", name)),
                File.ReadAllText(Path.Combine(_folder, "b", name)));
        }
    }

    [Fact]
    public void Size_is_never_exceeded_and_control_tokens_come_last()
    {
        var tokenizer = Train(270, "a");
        Assert.Equal(270, tokenizer.VocabularySize);
        Assert.Equal([267, 268, 269], BpeTrainer.SpecialTokens.Select(token => tokenizer.IdOf(token)!.Value));
        Assert.Equal(269, tokenizer.EosId);
        Assert.Equal(267, tokenizer.PadId);
    }

    [Fact]
    public void Training_stops_where_no_pair_repeats()
    {
        var trainer = new BpeTrainer();
        trainer.Add("abc");
        Assert.Equal(BpeTrainer.MinimumSize, trainer.Train(1000, Path.Combine(_folder, "a")).VocabularySize);
    }

    [Fact]
    public void Copied_folder_reads_as_the_same_tokenizer()
    {
        var original = Train(320, "a");
        original.CopyTo(Path.Combine(_folder, "copy"));
        Assert.Equal(original.Encode(Corpus), Tokenizer.Load(Path.Combine(_folder, "copy")).Encode(Corpus));
    }

    private Tokenizer Train(int size, string name)
    {
        var trainer = new BpeTrainer();
        for (var i = 0; i < 3; i++)
        {
            trainer.Add(Corpus);
        }

        return trainer.Train(size, Path.Combine(_folder, name));
    }
}
