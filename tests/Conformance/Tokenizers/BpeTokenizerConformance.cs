using Microsoft.ML.Tokenizers;

namespace R1Reward.Conformance.Tokenizers;

public sealed class BpeTokenizerConformance
{
    private static readonly KeyValuePair<string, int>[] _vocabulary =
        [.. new[] { "a", "b", "c", "ab", "bc", "abc", "Ġ", "Ã", "©", "é" }.Select((token, id) => KeyValuePair.Create(token, id))];

    [Fact]
    public void LowestRankJoinsFirstLeftmostOnTies()
    {
        var tokenizer = Create("b c", "a b");
        Assert.Equal([0, 4], tokenizer.EncodeToIds("abc"));
        Assert.Equal([3, 3, 0], tokenizer.EncodeToIds("ababa"));
    }

    [Fact]
    public void TextIsReadAsBytes() => Assert.Equal([7, 8, 6, 0], Create("a b").EncodeToIds("é a"));

    [Fact]
    public void LettersOutsideTheVocabularyAndTextOutsideThePiecesAreDropped()
    {
        Assert.Equal([0, 1], Create("b c").EncodeToIds("axb"));
        Assert.Equal([0], Create("a b", pieces: new FirstUnit()).EncodeToIds("abc"));
        Assert.Equal([3, 2], Create("a b", pieces: new FirstUnit()).EncodeToIds("abc", considerPreTokenization: false));
    }

    [Fact]
    public void SpansEncodeLikeStrings() => Assert.Equal([3, 2], Create("a b").EncodeToIds("xabcx".AsSpan(1, 3)));

    [Fact]
    public void EmptyTextHasNoTokens() => Assert.Empty(Create("a b").EncodeToIds(""));

    [Fact]
    public void ContradictoryOptionsThrowAtCreation()
    {
        Assert.Throws<InvalidOperationException>(() => Create("a z"));
        Assert.Throws<InvalidOperationException>(() => Create("c a"));
        Assert.Throws<InvalidOperationException>(() => Create("ab"));
        Assert.Throws<ArgumentException>(() => Create("a b", "a b"));
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(new BpeOptions([new("a", 0), new("b", 0)])));
        Assert.Throws<InvalidOperationException>(() => BpeTokenizer.Create(new BpeOptions([])));
    }

    [Fact]
    public void LongPiecesAreNotQuadratic()
    {
        var tokenizer = Create("a b");
        var ids = tokenizer.EncodeToIds(string.Concat(Enumerable.Repeat("ab", 20_000)), considerPreTokenization: false);
        Assert.Equal(20_000, ids.Count);
        Assert.All(ids, id => Assert.Equal(3, id));
    }

    private static BpeTokenizer Create(string merge, string? second = null, PreTokenizer? pieces = null) => BpeTokenizer.Create(new BpeOptions(_vocabulary)
    {
        Merges = second is null ? [merge] : [merge, second],
        ByteLevel = true,
        PreTokenizer = pieces ?? new Whole(),
    });

    private sealed class Whole : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => [(0, text.Length)];

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => [(0, text.Length)];
    }

    private sealed class FirstUnit : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => [(0, 1)];

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => [(0, 1)];
    }
}
