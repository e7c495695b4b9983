using R1Reward.Policy.Tests.Checkpoints;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Tokenization;

public sealed class WholePiecesTests
{
    [Theory]
    [InlineData("false", 6)]
    [InlineData("true", 2)]
    public void A_piece_that_is_a_token_is_taken_whole_where_merges_are_ignored(string ignored, int count)
    {
        using var folder = new TempFolder();
        var trainer = new BpeTrainer();
        trainer.Add("a");
        trainer.Train(BpeTrainer.MinimumSize, folder.Path);
        TinyCheckpoint.SetJson(folder.Path, "tokenizer.json", "model/vocab/hello", "300");
        TinyCheckpoint.SetJson(folder.Path, "tokenizer.json", "model/ignore_merges", ignored);
        var tokenizer = Tokenizer.Load(folder.Path);
        var ids = tokenizer.Encode("hello!");
        Assert.Equal(count, ids.Length);
        Assert.Equal("hello!", tokenizer.Decode(ids));
    }
}
