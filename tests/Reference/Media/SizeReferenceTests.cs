using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Media;

/// <summary>Each published size rule, row by row.</summary>
public sealed class SizeReferenceTests
{
    [ReferenceTheory("vision-audio", "smart-resize")]
    public void Sizes_of_pictures_are_the_published_ones(string name)
    {
        foreach (var row in Rows(name, "rows"))
        {
            var (factor, least, most, source) = (
                (int)row[0]!, (long)row[1]!, (long)row[2]!, new PixelSize((int)row[3]!, (int)row[4]!));
            Same(row, row[5]!, () => SmartResize.Transformers(source, factor, least, most));
            Same(row, row[6]!, () => SmartResize.QwenVlUtils(source, factor, least, most));
        }
    }

    [ReferenceTheory("vision-audio", "smart-resize")]
    public void Qwen3_videos(string name)
    {
        foreach (var row in Rows(name, "qwen3_vl_video_rows"))
        {
            var source = new PixelSize((int)row[4]!, (int)row[5]!);
            Same(
                row,
                row[6]!,
                () => SmartResize.Qwen3Video((int)row[3]!, source, (int)row[0]!, (long)row[1]!, (long)row[2]!));
        }
    }

    private static void Same(JToken row, JToken expected, Func<PixelSize> compute)
    {
        if (expected is JArray size)
        {
            Assert.True(
                new PixelSize((int)size[0], (int)size[1]) == compute(),
                $"{row.ToString(Newtonsoft.Json.Formatting.None)}: {compute()}");
        }
        else
        {
            Assert.Equal(MediaStatus.Unusable, Assert.Throws<MediaException>(() => compute()).Status);
        }
    }

    private static JToken[] Rows(string name, string rows) =>
        [.. JObject.Parse(File.ReadAllText(Fixtures.Path("vision-audio", name + ".json")))[rows]!];
}
