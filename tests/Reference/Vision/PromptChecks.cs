using R1Reward.Data.Media;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Tokenization;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>From the rendered text of a prompt, one placeholder per medium, to the ids that the model reads.</summary>
internal static class PromptChecks
{
    internal static void Check(VisionCase one)
    {
        var folder = Fixtures.Path(((string)one.Json["processor_of"]!).Split('/'));
        var (config, tokenizer) = (ModelConfig.Load(folder).Media!, Tokenizer.Load(folder));
        var inputs = one.Inputs(config);
        var rows = one.Json["text"]!
            .Select(
                (text, row) => MediaTokens.Expand(
                    tokenizer.Encode((string)text!), inputs?.Rows[row] ?? [], config, tokenizer.Encode))
            .ToList();
        var (ids, mask) = (VisionCase.Rows(one.Json["input_ids"]!), VisionCase.Rows(one.Json["attention_mask"]!));
        var kinds = one.Json["mm_token_type_ids"] is { } stored ? VisionCase.Rows(stored) : null;
        for (var row = 0; row < rows.Count; row++)
        {
            var real = ids[row].Where((_, at) => mask[row][at] != 0);
            Assert.Equal(real, rows[row].Select(id => (long)id));
            Assert.Equal(
                Enumerable.Repeat((long)tokenizer.PadId, ids[row].Length - rows[row].Length),
                ids[row].Where((_, at) => mask[row][at] == 0));
            Assert.Equal(
                (string)one.Json["padding_side"]! == "left",
                ids[row].Length == rows[row].Length || mask[row][0] == 0);
            Assert.Equal(
                kinds?[row].Where((_, at) => mask[row][at] != 0),
                kinds is null ? null : rows[row].Select(id => KindNumber(config.KindOf(id))));
        }
    }

    private static long KindNumber(MediaKind? kind) => kind switch
    {
        MediaKind.Image => 1,
        MediaKind.Video => 2,
        _ => 0,
    };
}
