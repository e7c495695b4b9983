using Microsoft.ML.Tokenizers;

namespace R1Reward.Policy.Tests.Engine;

/// <summary>What our tokenizer relies on in Microsoft.ML.Tokenizers.</summary>
public sealed class BpeTests
{
    private static readonly KeyValuePair<string, int>[] _vocabulary =
    [
        .. new[] { "a", "b", "c", "ab", "bc", "abc", "Ġ", "Ã", "©", "é" }
            .Select((token, id) => KeyValuePair.Create(token, id)),
    ];

    [Fact]
    public void The_lowest_rank_joins_first_and_the_leftmost_of_equals()
    {
        var tokenizer = Create("b c", "a b");

        Assert.Equal([0, 4], tokenizer.EncodeToIds("abc"));
        Assert.Equal([3, 3, 0], tokenizer.EncodeToIds("ababa"));
    }

    [Fact]
    public void Text_is_read_as_bytes_and_letters_outside_the_vocabulary_are_dropped()
    {
        Assert.Equal([7, 8, 6, 0], Create("a b").EncodeToIds("é a"));
        Assert.Equal([0, 1], Create("b c").EncodeToIds("axb"));
        Assert.Empty(Create("a b").EncodeToIds(""));
    }

    [Fact]
    public void A_merge_outside_the_vocabulary_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Create("a z"));

    [Fact]
    public void A_long_piece_is_not_quadratic()
    {
        var text = string.Concat(Enumerable.Repeat("ab", 20_000));

        var ids = Create("a b").EncodeToIds(text, considerPreTokenization: false);

        Assert.Equal(20_000, ids.Count);
        Assert.All(ids, id => Assert.Equal(3, id));
    }

    private static BpeTokenizer Create(params string[] merges) =>
        BpeTokenizer.Create(new BpeOptions(_vocabulary)
        {
            Merges = merges,
            ByteLevel = true,
            PreTokenizer = new Whole(),
        });

    private sealed class Whole : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) =>
            [(0, text.Length)];

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) =>
            [(0, text.Length)];
    }
}
