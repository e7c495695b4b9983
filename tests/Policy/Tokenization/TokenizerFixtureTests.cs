using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Policy.Tokenization;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Tokenization;

public sealed class TokenizerFixtureTests
{
    private static readonly Lazy<Tokenizer> _full = new(() => Tokenizer.Load(Fixtures.Path("qwen2-tokenizer")));
    private static readonly Lazy<Tokenizer> _small = new(() => Tokenizer.Load(Fixtures.Path("small-tokenizer")));

    [FixtureTheory]
    [InlineData("encode.jsonl", false)]
    [InlineData("encode_small.jsonl", true)]
    public void IdsEqualTheReferenceInEveryReadingOfControlTokens(string file, bool small)
    {
        var tokenizer = small ? _small.Value : _full.Value;
        AssertRows(file, row =>
        {
            var text = (string)row["text"]!;
            var ids = Ids(row["ids"]!);
            var plain = row["ids_plain"] is { } p ? Ids(p) : ids;
            var raw = row["ids_raw"] is { } r ? Ids(r) : plain;
            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(plain, tokenizer.EncodePlain(text));
            Assert.Equal(raw, tokenizer.EncodeRaw(text));
            if (row["decoded"] is { } decoded)
            {
                Assert.Equal((string)decoded!, tokenizer.Decode(ids));
            }
        });
    }

    [FixtureTheory]
    [InlineData("decode.jsonl", false)]
    [InlineData("decode_small.jsonl", true)]
    public void TextEqualsTheReferenceWithAndWithoutSpecialTokens(string file, bool small)
    {
        var tokenizer = small ? _small.Value : _full.Value;
        AssertRows(file, row =>
        {
            Assert.Equal((string)row["text"]!, tokenizer.Decode(Ids(row["ids"]!)));
            Assert.Equal((string)row["text_skip_special"]!, tokenizer.Decode(Ids(row["ids"]!), skipSpecial: true));
        });
    }

    [FixtureTheory]
    [InlineData(false, "")]
    [InlineData(true, "_skip_special")]
    public void StreamedPiecesComeAsSoonAsTheyAreComplete(bool skipSpecial, string suffix) => AssertRows("stream.jsonl", row =>
    {
        var decoder = new StreamingDecoder(_full.Value, skipSpecial);
        Assert.Equal(row["pieces" + suffix]!.Select(piece => (string)piece!), Ids(row["ids"]!).Select(decoder.Add).ToList());
        Assert.Equal((string)row["flush" + suffix]!, decoder.Finish());
    });

    [FixtureFact]
    public void LongTextsAreEncodedExactlyAndInTime() => AssertRows("encode_long.jsonl", row =>
    {
        var text = row["file"] is { } file
            ? File.ReadAllText(Path.Combine(Fixtures.Data, Path.GetFileName((string)file!)))
            : string.Concat(row["parts"]!.Select(part => string.Concat(Enumerable.Repeat((string)part[0]!, (int)part[1]!))));
        var tokenizer = _full.Value;
        var start = System.Diagnostics.Stopwatch.StartNew();
        var ids = tokenizer.Encode(text);

        // Several times what a busy machine needs; a quadratic merge loop takes minutes.
        var limit = TimeSpan.FromSeconds(row["file"] is null ? 10 : 40);
        Assert.True(start.Elapsed < limit, $"took {start.Elapsed}");
        Assert.Equal((int)row["count"]!, ids.Length);
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', ids)));
        Assert.Equal((string)row["ids_sha256"]!, Convert.ToHexStringLower(digest));
    });

    [FixtureFact]
    public void PiecesFollowCodePointsNotUtf16Units()
    {
        var splitter = new SplitPreTokenizer(SplitPreTokenizer.QwenPattern);
        AssertRows("pretokenize.jsonl", row =>
        {
            var normalized = CanonicalComposition.Normalize((string)row["text"]!);
            Assert.Equal((string)row["normalized"]!, normalized);
            Assert.Equal(
                row["pieces"]!.Select(piece => (string)piece!),
                splitter.PreTokenize(normalized).Select(piece => normalized.Substring(piece.Offset, piece.Length)));
        });
    }

    [FixtureFact]
    public void RenderedJudgePromptsHaveTheReferenceIds()
    {
        foreach (var line in File.ReadLines(Fixtures.Path("chat", "judge_prompts.jsonl")))
        {
            var row = JObject.Parse(line);
            Assert.Equal(Ids(row["ids"]!), _full.Value.Encode((string)row["text"]!));
        }
    }

    private static int[] Ids(JToken ids) => ids.ToObject<int[]>()!;

    // All rows are tried; the message names those that differ.
    private static void AssertRows(string file, Action<JObject> assert)
    {
        var failures = new List<string>();
        foreach (var line in File.ReadLines(Fixtures.Path("tokenizer", file)))
        {
            var row = JObject.Parse(line);
            try
            {
                assert(row);
            }
            catch (Exception error)
            {
                failures.Add($"{row["id"]} ({row["group"]}): {error.Message}");
            }
        }

        Assert.True(failures.Count == 0, $"{file}: {failures.Count} rows differ\n" + string.Join('\n', failures.Take(5)));
    }
}
