using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Media;

/// <summary>Files of every kind become the published loaders' pixels.</summary>
public sealed class DecodingReferenceTests
{
    private static readonly (string Tensor, ColourRule Rule)[] Rules =
        [("rgb", ColourRule.Plain), ("rgb_on_white", ColourRule.OnWhite), ("rgb_upright", ColourRule.Upright)];

    [ReferenceTheory("vision-audio", "media-decoded")]
    public async Task Pictures_become_the_published_loaders_pixels(string name)
    {
        var (json, tensors) = Open(name);
        foreach (var picture in ((JObject)json["images"]!).Properties())
        {
            var allowed =
                (int)json["tolerance"]![(bool)picture.Value["lossless_decode"]! ? "lossless" : "lossy_levels"]!;
            foreach (var (tensor, rule) in Rules)
            {
                // A rule that changes nothing is not stored.
                var differs = tensor == "rgb" || (bool)picture.Value[tensor + "_differs"]!;
                var expected = tensors.Picture($"{picture.Name}:{(differs ? tensor : "rgb")}");
                var actual = await new MediaDecoder(new DecodingOptions { Colours = rule }).PictureAsync(
                    Fixtures.Path("media", picture.Name), default);
                var apart = Pixels.LevelsApart(expected, actual);
                Assert.True(apart <= allowed, $"{picture.Name}, {rule}: {apart} levels apart, {allowed} allowed");
            }
        }
    }

    [ReferenceTheory("vision-audio", "media-decoded")]
    public async Task A_video_becomes_the_published_loaders_frames(string name)
    {
        var (json, tensors) = Open(name);
        var (decoder, path) = (new MediaDecoder(), Fixtures.Path(((string)json["video"]!["file"]!).Split('/')));
        var video = await decoder.ProbeAsync(path, default);
        Assert.Equal(
            new VideoInfo(
                new PixelSize((int)json["video"]!["height"]!, (int)json["video"]!["width"]!),
                (int)json["video"]!["frames"]!,
                (double)json["video"]!["average_rate"]!),
            video);

        var frames = new List<RgbImage>();
        await decoder.FramesAsync(path, video, [.. Enumerable.Range(0, video.Frames)], frames.Add, default);
        var expected = tensors.Frames(Path.GetFileName(path) + ":rgb");
        Assert.Equal(expected.Count, frames.Count);
        Assert.All(
            expected.Zip(frames),
            pair =>
                Assert.InRange(
                    Pixels.LevelsApart(pair.First, pair.Second), 0, (int)json["tolerance"]!["lossy_levels"]!));
    }

    private static (JObject Json, TensorFile Tensors) Open(string name) => (
        JObject.Parse(File.ReadAllText(Fixtures.Path("vision-audio", name + ".json"))),
        TensorFile.Open(Fixtures.Path("vision-audio", name + ".safetensors")));
}
