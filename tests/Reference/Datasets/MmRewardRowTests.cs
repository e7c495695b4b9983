using Newtonsoft.Json.Linq;
using R1Reward.Data.Handlers;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Png;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Published;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Datasets;

/// <summary>MM-Reward's training rows: what is kept, and what its model is given.</summary>
public sealed class MmRewardRowTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ReferenceTheory("rl-and-rewards", "mm_reward_rows")]
    public void Rows_are_kept_dropped_and_written_as_published(string @case)
    {
        var rows = Read(@case)["rows"]!.ToList();
        var lines = rows.Select((row, index) => new JObject
        {
            ["id"] = index,
            ["image"] = Picture(row["image"]!, index),
            ["question"] = row["question"],
            ["chosen"] = row["chosen"],
            ["rejected"] = row["rejected"],
        }.ToString(Newtonsoft.Json.Formatting.None));
        var file = Dataset.Read("mmpr:" + _folder.Write("rows.jsonl", string.Join('\n', lines)));
        var kept = file.Pairs
            .Where(pair => !file.MediaMissing.Contains(pair.Id))
            .ToDictionary(pair => pair.OriginalId!);

        Assert.Equal(rows.Count(row => (bool)row["kept"]!), kept.Count);
        foreach (var (index, row) in rows.Index().Where(row => (bool)row.Item["kept"]!))
        {
            var pair = kept[$"{index}"];
            var texts = row["texts"]!;
            Assert.Equal(((string)texts[0]!, (string)texts[1]!), MmRewardText.Of(pair));
            var picture = new MediaDecoder().Picture(File.ReadAllBytes(Assert.Single(pair.Media).Path));
            var given = row["image_given_to_processor"]!;
            Assert.Equal(new PixelSize((int)given[1]!, (int)given[0]!), SmartResize.MmReward(picture.Size));
        }
    }

    private static JObject Read(string @case) =>
        JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", @case + ".json")));

    // A size stands for a picture of this size; what is no picture stays as it is.
    private JToken Picture(JToken image, int index)
    {
        if (image is not JArray size)
        {
            return image;
        }

        var (width, height) = ((int)size[0]!, (int)size[1]!);
        File.WriteAllBytes(_folder.At($"{index}.png"), PngWriter.Encode(new byte[3 * width * height], width, height));
        return $"{index}.png";
    }
}
