using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.PreTokenization;
using R1Reward.Policy.Tokenization.Files;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests.Tokenization;

public sealed class EncodingTests
{
    private const string Section = "tokenizer";

    [ReferenceTheory(Section, "encode", "encode_small")]
    public void Ids_equal_the_reference_in_every_reading_of_added_tokens(string name)
    {
        var tokenizer = Tokenizers.Load(Section, name);
        RowFile.AssertAll(Section, name, row =>
        {
            var text = (string)row["text"]!;
            var ids = Ids(row["ids"]!);
            var plain = row["ids_plain"] is { } p ? Ids(p) : ids;
            var raw = row["ids_raw"] is { } r ? Ids(r) : plain;
            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(plain, tokenizer.EncodePlain(text));
            Assert.Equal(raw, tokenizer.EncodeRaw(text));
            Assert.Equal((string?)row["decoded"] ?? text, tokenizer.Decode(ids));
        });
    }

    [ReferenceTheory(Section, "decode", "decode_small")]
    public void Text_equals_the_reference_with_and_without_special_tokens(string name)
    {
        var tokenizer = Tokenizers.Load(Section, name);
        RowFile.AssertAll(Section, name, row =>
        {
            Assert.Equal((string)row["text"]!, tokenizer.Decode(Ids(row["ids"]!)));
            Assert.Equal((string)row["text_skip_special"]!, tokenizer.Decode(Ids(row["ids"]!), skipSpecial: true));
        });
    }

    [ReferenceTheory(Section, "stream")]
    public void Streamed_pieces_come_as_soon_as_they_are_complete(string name) =>
        RowFile.AssertAll(Section, name, row =>
    {
        foreach (var (skipSpecial, suffix) in ((bool, string)[])[(false, ""), (true, "_skip_special")])
        {
            var decoder = new StreamingDecoder(Tokenizers.Load(Section, name), skipSpecial);
            var pieces = Ids(row["ids"]!).Select(decoder.Add).ToList();
            Assert.Equal(row["pieces" + suffix]!.Select(piece => (string)piece!), pieces);
            Assert.Equal((string)row["flush" + suffix]!, decoder.Finish());
            Assert.Equal((string)row["text" + suffix]!, string.Concat(pieces) + (string)row["flush" + suffix]!);
        }
    });

    [ReferenceTheory(Section, "encode_long")]
    public void Long_texts_are_encoded_exactly_and_never_in_quadratic_time(string name) =>
        RowFile.AssertAll(Section, name, row =>
    {
        var text = row["file"] is { } file
            ? File.ReadAllText(Path.Combine(Fixtures.Data, Path.GetFileName((string)file!)))
            : string.Concat(
                row["parts"]!.Select(part => string.Concat(Enumerable.Repeat((string)part[0]!, (int)part[1]!))));
        var tokenizer = Tokenizers.Load(Section, name);
        var start = System.Diagnostics.Stopwatch.StartNew();
        var ids = tokenizer.Encode(text);

        // Many times what one core needs, so that a busy machine passes; a quadratic merge loop takes minutes.
        Assert.True(start.Elapsed < TimeSpan.FromSeconds(10 + (text.Length / 50_000.0)), $"took {start.Elapsed}");
        Assert.Equal((int)row["count"]!, ids.Length);
        Assert.Equal(Ids(row["head"]!), ids[..row["head"]!.Count()]);
        Assert.Equal(Ids(row["tail"]!), ids[^row["tail"]!.Count()..]);
        Assert.Equal(
            (string)row["ids_sha256"]!,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', ids)))));
    });

    [ReferenceTheory(Section, "pretokenize")]
    public void Pieces_follow_code_points_and_not_utf16_units(string name)
    {
        var folder = Tokenizers.FolderOf(Section, name);
        var splitter = new SplitPreTokenizer(TokenizerFile.Load(folder, TokenizerConfig.Read(folder)).Pattern);
        RowFile.AssertAll(Section, name, row =>
        {
            var normalized = CanonicalComposition.Normalize((string)row["text"]!);
            Assert.Equal((string)row["normalized"]!, normalized);
            Assert.Equal(
                row["pieces"]!.Select(piece => (string)piece!),
                splitter.PreTokenize(normalized).Select(piece => normalized.Substring(piece.Offset, piece.Length)));
        });
    }

    [ReferenceTheory(Section, "batch")]
    public void Batches_are_filled_and_cut_on_the_side_asked_for(string name) =>
        RowFile.AssertAll(Section, name, row =>
    {
        var tokenizer = Tokenizers.Load(Section, name);
        var options = (JObject)row["options"]!;
        var batch = BatchEncoding.Encode(tokenizer, row["texts"]!.Select(text => (string)text!), new BatchOptions
        {
            Padding = options["padding"] switch
            {
                { Type: JTokenType.String } => PaddingRule.MaxLength,
                { } padding when (bool)padding => PaddingRule.Longest,
                _ => PaddingRule.None,
            },
            Truncation = (bool?)options["truncation"] == true,
            MaxLength = (int?)options["max_length"],
            PadToMultipleOf = (int?)options["pad_to_multiple_of"],
            PaddingSide = SideOf(row, "padding_side"),
            TruncationSide = SideOf(row, "truncation_side"),
        });
        Assert.Equal(row["input_ids"]!.Select(Ids), batch.InputIds);
        Assert.Equal(row["attention_mask"]!.Select(Ids), batch.AttentionMask);
        Assert.Equal((int)row["pad_id"]!, tokenizer.PadId);
    });

    private static Side SideOf(JObject row, string name) => (string?)row[name] == "left" ? Side.Left : Side.Right;

    private static int[] Ids(JToken ids) => ids.ToObject<int[]>()!;
}
