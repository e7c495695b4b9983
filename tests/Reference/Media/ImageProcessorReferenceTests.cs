using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Media;

/// <summary>
/// Pictures become the image processor's patches: resized bit for bit, normalised, in the order of the merge groups.
/// </summary>
public sealed class ImageProcessorReferenceTests
{
    [ReferenceTheory("vision-audio", "image-processor")]
    public void Patches_of_pictures_are_the_published_ones(string name)
    {
        var (json, tensors) = Open(name);
        var decoded = TensorFile.Open(Fixtures.Path("vision-audio", "media-decoded.safetensors"));
        var tolerance = (double)json["tolerance"]!["pixel_values"]!;
        foreach (var row in json["cases"]!)
        {
            var config = Config(json, row);
            var image = Source(decoded, (string)row["image"]!);
            var (least, most) = ((int)row["min_pixels"]!, (int)row["max_pixels"]!);
            var about = $"{row["image"]}.{(string?)row["same_pixels_as_setting"] ?? (string)row["setting"]!}";

            var size = SmartResize.Transformers(image.Size, config.Factor, least, most);
            Assert.Equal(new PixelSize((int)row["resized"]![0]!, (int)row["resized"]![1]!), size);
            Assert.True(
                tensors.Picture(about + ":resized").Rgb.SequenceEqual(BicubicResize.To(image, size).Rgb),
                about + ": the resized pixels differ");

            var patches = new MediaProcessor(config, config).Process(image);
            var grid = row["image_grid_thw"]!.Select(side => (int)side).ToArray();
            Assert.Equal(new PatchGrid(grid[0], grid[1], grid[2]), patches.Grid);
            Assert.Equal((int)row["image_tokens"]!, patches.Grid.Tokens(config.MergeSize));
            Assert.Equal(0, patches.SecondsPerGroup);
            var width = patches.Values.Length / patches.Grid.Patches;
            if (tensors.Contains(about + ":pixel_values"))
            {
                Assert.InRange(Pixels.Apart(tensors.Floats(about + ":pixel_values"), patches.Values), 0, tolerance);
            }
            else if (row["sample_rows"] is { } rows)
            {
                var sampled = rows.SelectMany(at => patches.Values.AsSpan((int)at * width, width).ToArray()).ToArray();
                Assert.InRange(Pixels.Apart(tensors.Floats(about + ":pixel_values_rows"), sampled), 0, tolerance);
            }

            // Sums over the whole: each value may be off by the tolerance.
            var sum = patches.Values.Sum(value => (double)value);
            var norm = Math.Sqrt(patches.Values.Sum(value => (double)value * value));
            Assert.InRange(Math.Abs(sum - (double)row["pixel_values_sum"]!), 0, tolerance * patches.Values.Length);
            Assert.InRange(
                Math.Abs(norm - (double)row["pixel_values_l2"]!), 0, tolerance * Math.Sqrt(patches.Values.Length));
        }
    }

    [ReferenceTheory("vision-audio", "image-processor")]
    public void First_step_of_qwen_vl_utils(string name)
    {
        var (json, tensors) = Open(name);
        var decoded = TensorFile.Open(Fixtures.Path("vision-audio", "media-decoded.safetensors"));
        var config = Config(json, json["cases"]![0]!);
        var cases = json["fetch_image_cases"]!.ToList();
        for (var i = 0; i < cases.Count; i++)
        {
            var (element, image) = (cases[i]["element"]!, Source(decoded, (string)cases[i]["image"]!));
            var asked = element["resized_height"] is { } high
                ? new PixelSize((int)high, (int)element["resized_width"]!)
                : image.Size;
            var least = (int?)element["min_pixels"] ?? 4 * config.Factor * config.Factor;
            var most = (int?)element["max_pixels"] ?? 16384 * config.Factor * config.Factor;
            var size = SmartResize.QwenVlUtils(asked, config.Factor, least, most);
            Assert.Equal(new PixelSize((int)cases[i]["size"]![0]!, (int)cases[i]["size"]![1]!), size);
            if (tensors.Contains($"fetch_image.{i}:rgb"))
            {
                Assert.Equal(tensors.Bytes($"fetch_image.{i}:rgb"), BicubicResize.To(image, size).Rgb);
            }
        }
    }

    /// <summary>The stored pixels that this processor starts from: transparency on white.</summary>
    private static RgbImage Source(TensorFile decoded, string picture) =>
        decoded.Picture(decoded.Contains(picture + ":rgb_on_white") ? picture + ":rgb_on_white" : picture + ":rgb");

    private static PreprocessorConfig Config(JToken json, JToken row) => new()
    {
        PatchSize = (int)json["patch_size"]!,
        TemporalPatchSize = (int)json["temporal_patch_size"]!,
        MergeSize = (int)json["merge_size"]!,
        Mean = [.. json["image_mean"]!.Select(value => (double)value)],
        Deviation = [.. json["image_std"]!.Select(value => (double)value)],
        MinPixels = (int)row["min_pixels"]!,
        MaxPixels = (int)row["max_pixels"]!,
    };

    private static (JObject Json, TensorFile Tensors) Open(string name) => (
        JObject.Parse(File.ReadAllText(Fixtures.Path("vision-audio", name + ".json"))),
        TensorFile.Open(Fixtures.Path("vision-audio", name + ".safetensors")));
}
