using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Media;

/// <summary>
/// The pixels of whole prompts: files from disk and a model's folder in, every patch of every medium out.
/// </summary>
public sealed class ProcessorPixelsReferenceTests
{
    [ReferenceTheory("vision-audio", "processor-*/*")]
    public async Task Pixels_of_prompts(string name)
    {
        var json = JObject.Parse(File.ReadAllText(Fixtures.Path("vision-audio", name + ".json")));
        var processor = MediaProcessor.Load(Fixtures.Path(((string)json["processor_of"]!).Split('/')));
        var parts = json["messages"]!.SelectMany(row => row)
            .Select(turn => turn["content"])
            .OfType<JArray>()
            .SelectMany(content => content)
            .ToList();
        await Pictures(json, name, processor, [.. parts.Select(part => (string?)part["image"]).OfType<string>()]);
        Videos(json, name, processor);
    }

    private static async Task Pictures(JObject json, string name, MediaProcessor processor, List<string> paths)
    {
        var grids = json["image_grid_thw"]?.ToList() ?? [];
        Assert.Equal(grids.Count, paths.Count);
        for (var i = 0; i < paths.Count; i++)
        {
            var result = await processor.LoadAsync(new MediaItem(MediaKind.Image, paths[i]), Fixtures.Root, default);
            Assert.True(result.IsReady, result.ToString());
            Assert.Equal(Grid(grids[i]), ((MediaPatches)result.Features).Grid);
            Assert.InRange(
                Pixels.Apart(Stored(json, name, "pixel_values", i), result.Features.Values),
                0,
                (double)json["tolerance"]!);
        }
    }

    private static void Videos(JObject json, string name, MediaProcessor processor)
    {
        var videos = json["videos"]?.ToList() ?? [];
        Assert.Equal(json["video_grid_thw"]?.Count() ?? 0, videos.Count);
        for (var i = 0; i < videos.Count; i++)
        {
            var source = ((string)videos[i]["source"]!).Split(',')[0].Split(' ');
            var clip = TensorFile.Open(Fixtures.Path("vision-audio", source[0])).Frames(source[1]);
            var indices = videos[i]["frames_indices"]!.Select(index => (int)index).ToList();
            var rate = indices.Count / (double)videos[i]["frames"]! * (double)videos[i]["source_fps"]!;
            var patches = processor.Process([.. indices.Select(index => clip[index])], rate);
            Assert.Equal(Grid(json["video_grid_thw"]![i]!), patches.Grid);
            if ((json["second_per_grid_ts"] as JArray)?[i] is { } seconds)
            {
                Assert.Equal((float)seconds, (float)patches.SecondsPerGroup);
            }

            // torchvision resized the stored ones, at most two levels from Pillow.
            Assert.InRange(
                Pixels.Apart(Stored(json, name, "pixel_values_videos", i), patches.Values),
                0,
                2.0 / 255 / processor.Videos.Deviation.Min() * 1.001);
        }
    }

    private static float[] Stored(JObject json, string name, string input, int at)
    {
        var pixels = json["pixels"]![input]!;
        return TensorFile.Open(
            Fixtures.Path(
                "vision-audio",
                Path.GetDirectoryName(name)!,
                (string)pixels["from"]!)).Floats((string)pixels["concatenate"]![at]!);
    }

    private static PatchGrid Grid(JToken sides) => new((int)sides[0]!, (int)sides[1]!, (int)sides[2]!);
}
