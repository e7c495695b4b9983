using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Media;

/// <summary>The choice of frames, their sizes and their patches, as each published program computes them.</summary>
public sealed class VideoProcessorReferenceTests
{
    [ReferenceTheory("vision-audio", "video-processor")]
    public void Patches_of_videos_are_the_published_ones(string name)
    {
        var json = Open(name);
        var tensors = TensorFile.Open(Fixtures.Path("vision-audio", name + ".safetensors"));
        var source = ((string)json["source_tensor"]!).Split(": ", 2);
        var clip = TensorFile.Open(Fixtures.Path("vision-audio", source[0])).Frames(source[1]);
        foreach (var row in json["cases"]!)
        {
            var about = (string)row["name"]!;
            var (given, rate) = ((int)row["frames_given"]!, (double)row["fps_of_source"]!);
            var asked = row["arguments"]!;
            var config = new PreprocessorConfig
            {
                PatchSize = (int)row["resized"]![0]! / (int)row["video_grid_thw"]![1]!,
                MinPixels = (int)asked["min_pixels"]!,
                MaxPixels = (int)asked["max_pixels"]!,
            };
            var limits =
                new MediaLimits { FramesPerSecond = (double?)asked["fps"], Frames = (int?)asked["num_frames"] };
            var indices = (bool)asked["do_sample_frames"]!
                ? FrameSampling.Transformers(given, rate, limits)
                : [.. Enumerable.Range(0, given)];
            Assert.Equal(row["frames_indices"]!.Select(index => (int)index), indices);

            var sampled = indices.Count / (double)given * rate;
            Assert.Equal((double)row["sampled_fps"]!, sampled, 9);
            var patches = new MediaProcessor(config, config).Process(
                [.. indices.Select(index => clip[index])], sampled);
            var grid = row["video_grid_thw"]!.Select(side => (int)side).ToArray();
            Assert.Equal(new PatchGrid(grid[0], grid[1], grid[2]), patches.Grid);
            Assert.Equal((int)row["video_tokens"]!, patches.Grid.Tokens(config.MergeSize));
            Assert.Equal((double)row["second_per_grid_ts"]!, patches.SecondsPerGroup, 9);

            var size = new PixelSize((int)row["resized"]![0]!, (int)row["resized"]![1]!);
            var resized = indices.Select(index => BicubicResize.To(clip[index], size)).ToList();
            var pillow = tensors.Frames(about + ":pillow_resized");
            Assert.All(
                resized.Zip(pillow),
                pair =>
                    Assert.True(pair.First.Rgb.SequenceEqual(pair.Second.Rgb), about + ": the resized pixels differ"));

            // The stored patches were resized by torchvision, a few levels from Pillow.
            var levels = (double)json["tolerance"]!["pixel_values_if_you_resize_like_pillow_levels"]!;
            var width = patches.Values.Length / patches.Grid.Patches;
            var rows = row["sample_rows"]!.SelectMany(
                at => patches.Values.AsSpan((int)at * width, width).ToArray()).ToArray();
            Assert.InRange(
                Pixels.Apart(tensors.Floats(about + ":pixel_values_rows"), rows),
                0,
                levels / 255 / config.Deviation.Min() * 1.001);
        }
    }

    [ReferenceTheory("vision-audio", "video-processor")]
    public void Frames_of_transformers(string name)
    {
        foreach (var row in Open(name)["qwen2_vl_sample_frames"]!)
        {
            Same(
                row,
                row["indices"],
                () =>
                    FrameSampling.Transformers(
                        (int)row["total"]!, (double)row["fps"]!, Wanted(row, "want_num_frames", "want_")));
        }
    }

    [ReferenceTheory("vision-audio", "video-processor")]
    public void Frames_of_qwen3(string name)
    {
        foreach (var row in Open(name)["qwen3_vl_sample_frames"]!)
        {
            Same(
                row,
                row["indices"],
                () =>
                    FrameSampling.Qwen3(
                        (int)row["total"]!, (double)row["fps"]!, Wanted(row, "want_num_frames", "want_")));
        }
    }

    [ReferenceTheory("vision-audio", "video-processor")]
    public void Frames_of_qwen_vl_utils(string name)
    {
        foreach (var row in Open(name)["qwen_vl_utils_smart_nframes"]!)
        {
            foreach (var release in new[] { "latest", "0.0.8" })
            {
                var (total, rate, wanted, old) = (
                    (int)row["total"]!,
                    (double)row["fps"]!,
                    Wanted(row["element"]!, "nframes", ""),
                    release == "0.0.8");
                if (row[release] is JObject)
                {
                    Assert.Throws<MediaException>(() => FrameSampling.QwenVlUtilsCount(total, rate, wanted, old));
                    continue;
                }

                Assert.Equal((int)row[release]!, FrameSampling.QwenVlUtilsCount(total, rate, wanted, old));
                if (row[release + "_indices"] is JArray indices)
                {
                    Same(row, indices, () => FrameSampling.QwenVlUtils(total, rate, wanted, old));
                }
            }
        }
    }

    [ReferenceTheory("vision-audio", "video-processor")]
    public void Frame_sizes_of_qwen_vl_utils(string name)
    {
        const int factor = 28;
        foreach (var row in Open(name)["qwen_vl_utils_frame_size"]!)
        {
            var element = row["element"]!;
            var limits = new MediaLimits
            {
                MinPixels = (int?)element["min_pixels"],
                MaxPixels = (int?)element["max_pixels"],
                TotalPixels = (int?)element["total_pixels"],
            };
            var source = element["resized_height"] is { } high
                ? new PixelSize((int)high, (int)element["resized_width"]!)
                : new PixelSize((int)row["height"]!, (int)row["width"]!);
            foreach (var release in new[] { "latest", "0.0.8" })
            {
                // A size that is asked for outright is only rounded.
                var size = element["resized_height"] is not null
                    ? SmartResize.QwenVlUtils(source, factor, 1, int.MaxValue)
                    : SmartResize.QwenVlUtilsFrame((int)row["frames"]!, source, factor, limits, release == "0.0.8");
                Assert.True(new PixelSize((int)row[release]![0]!, (int)row[release]![1]!) == size, $"{row}: {size}");
            }
        }
    }

    private static MediaLimits Wanted(JToken row, string frames, string prefix) => new()
    {
        Frames = (int?)row[frames],
        FramesPerSecond = (double?)row[prefix + "fps"],
        MinFrames = (int?)row[prefix + "min_frames"],
        MaxFrames = (int?)row[prefix + "max_frames"],
    };

    private static void Same(JToken row, JToken? expected, Func<IReadOnlyList<int>> compute)
    {
        if (expected is JArray indices)
        {
            Assert.True(
                indices.Select(index => (int)index).SequenceEqual(compute()), $"{row}: {string.Join(", ", compute())}");
        }
        else if (expected is JObject)
        {
            Assert.Equal(MediaStatus.Unusable, Assert.Throws<MediaException>(compute).Status);
        }
        else
        {
            // A long list is stored as its count, its ends and its sum.
            var picked = compute();
            Assert.Equal((int)row["count"]!, picked.Count);
            Assert.Equal((int)row["sum"]!, picked.Sum());
            var (first, last) = (
                row["first"]!.Select(index => (int)index).ToList(), row["last"]!.Select(index => (int)index).ToList());
            Assert.Equal(first, picked.Take(first.Count));
            Assert.Equal(last, picked.TakeLast(last.Count));
        }
    }

    private static JObject Open(string name) =>
        JObject.Parse(File.ReadAllText(Fixtures.Path("vision-audio", name + ".json")));
}
