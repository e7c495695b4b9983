using System.Runtime.Versioning;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Scenes;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Media.Processing;

public sealed class MediaProcessorTests : IDisposable
{
    private static readonly PreprocessorConfig Config = new() { MinPixels = 3136, MaxPixels = 12000 };
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A 3 x 3 scene is 6 x 6 patches, and each token (2 x 2 patches) is one cell, unchanged.</summary>
    [Fact]
    public async Task A_token_of_a_scene_is_a_cell()
    {
        var example = new SceneGenerator(
            5, new SceneOptions { Grid = 3, Form = SceneForm.Image }).Generate(SceneSide.Train, 0);
        File.WriteAllBytes(_folder.At("scene.png"), SceneImage.Draw(example.Scene));
        var config = new PreprocessorConfig();
        var result = await new MediaProcessor(config, config).LoadAsync(Picture("scene.png"), _folder.Path, default);
        Assert.True(result.IsReady, result.ToString());
        Assert.Equal(new PatchGrid(1, 6, 6), ((MediaPatches)result.Features!).Grid);

        var picture = new MediaDecoder().Picture(SceneImage.Draw(example.Scene));
        var width = result.Features.Values.Length / 36;
        for (var row = 0; row < 36; row++)
        {
            var (cell, member) = (row / 4, row % 4);
            var (top, left) = ((cell / 3 * 28) + (member / 2 * 14), (cell % 3 * 28) + (member % 2 * 14));
            for (var at = 0; at < width; at++)
            {
                var (channel, y, x) = (at / (2 * 196), at % 196 / 14, at % 14);
                var level = picture.Rgb[(3 * (((top + y) * 84) + left + x)) + channel];
                Assert.Equal(
                    ((level / 255.0) - config.Mean[channel]) / config.Deviation[channel],
                    result.Features.Values[(row * width) + at],
                    1e-5);
            }
        }
    }

    [Theory]
    [InlineData("missing.png", MediaStatus.Missing, "does not exist")]
    [InlineData("folder", MediaStatus.Missing, "is a folder")]
    [InlineData("empty.png", MediaStatus.Corrupt, "is empty")]
    [InlineData("text.png", MediaStatus.Unsupported, "is neither PNG, JPEG, WebP nor GIF")]
    [InlineData("cut.png", MediaStatus.Corrupt, "has no end: it was cut")]
    [InlineData("bomb.png", MediaStatus.TooLarge, "50000 x 50000 pixels, over the limit of 134,217,728")]
    [InlineData(
        "thin.png", MediaStatus.Unusable, "402 x 2 pixels: the longer side may be at most 200 times the shorter one")]
    [InlineData("/dev/zero", MediaStatus.Unsupported, "is a pipe, a socket or a device, no plain file")]
    public async Task What_is_wrong_with_a_picture_is_in_its_result(string name, MediaStatus status, string reason)
    {
        Directory.CreateDirectory(_folder.At("folder"));
        File.WriteAllBytes(_folder.At("empty.png"), []);
        File.WriteAllText(_folder.At("text.png"), "no picture");
        File.WriteAllBytes(_folder.At("cut.png"), SampleMedia.Picture(30, 30).Png()[..200]);
        File.WriteAllBytes(_folder.At("bomb.png"), SampleMedia.Bomb(50_000, 50_000));
        File.WriteAllBytes(_folder.At("thin.png"), SampleMedia.Picture(402, 2).Png());
        var result = await new MediaProcessor(Config, Config).LoadAsync(Picture(name), _folder.Path, default);
        Assert.Equal((status, reason, false), (result.Status, result.Reason, result.IsReady));
        Assert.Equal($"{name}: {status}, {reason}", result.ToString());
    }

    [Fact]
    public async Task What_is_wrong_with_a_video_is_in_its_result()
    {
        File.WriteAllBytes(_folder.At("empty.mp4"), []);
        File.WriteAllText(_folder.At("text.mp4"), "no video");
        SampleMedia.Video(_folder.At("wide.mkv"), 200, 100, frames: 4, rate: 4, "-c:v", "ffv1");
        Directory.CreateDirectory(_folder.At("bare"));
        var processor = new MediaProcessor(Config, Config, decoding: new DecodingOptions { MaxPixels = 19_999 });
        foreach (var (name, status) in new[]
        {
            ("missing.mp4", MediaStatus.Missing),
            ("empty.mp4", MediaStatus.Corrupt),
            ("text.mp4", MediaStatus.Corrupt),
            ("wide.mkv", MediaStatus.TooLarge),
            ("bare", MediaStatus.Corrupt),
        })
        {
            var result = await processor.LoadAsync(new MediaItem(MediaKind.Video, name), _folder.Path, default);
            Assert.True(status == result.Status, result.ToString());
        }

        Assert.Equal(
            MediaStatus.Unsupported,
            (await processor.LoadAsync(new MediaItem(MediaKind.Audio, "a.wav"), _folder.Path, default)).Status);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task A_decoder_that_hangs_is_stopped()
    {
        File.WriteAllText(_folder.At("slow"), "#!/bin/sh\nsleep 60\n");
        File.SetUnixFileMode(
            _folder.At("slow"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(_folder.At("clip.mp4"), "a video, for all that the processor knows");
        var clip = new MediaItem(MediaKind.Video, "clip.mp4");
        var slow = new DecodingOptions { Ffprobe = _folder.At("slow"), Timeout = TimeSpan.FromMilliseconds(200) };
        var result = await new MediaProcessor(Config, Config, decoding: slow).LoadAsync(clip, _folder.Path, default);
        Assert.Equal((MediaStatus.TimedOut, "was not decoded within 0.2 s"), (result.Status, result.Reason));

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var patient = new MediaProcessor(Config, Config, decoding: slow with { Timeout = TimeSpan.FromMinutes(1) });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => patient.LoadAsync(clip, _folder.Path, stop.Token));
    }

    [Fact]
    public async Task A_missing_ffmpeg_is_the_users_error_and_pictures_need_none()
    {
        var jpeg = SampleMedia.Encode(SampleMedia.Gradient(60, 60), "-c:v", "mjpeg", "-f", "image2pipe");
        File.WriteAllBytes(_folder.At("a.jpg"), jpeg);
        SampleMedia.Video(_folder.At("clip.mkv"), 60, 60, frames: 4, rate: 2, "-c:v", "ffv1");
        var processor = new MediaProcessor(
            Config, Config, decoding: new DecodingOptions { Ffmpeg = "/nowhere/ffmpeg" });
        var fromFile = await processor.LoadAsync(Picture("a.jpg"), _folder.Path, default);
        var fromMemory = await processor.LoadAsync(Picture("inline"), jpeg, default);
        Assert.True(fromFile.IsReady && fromMemory.IsReady);
        Assert.Equal(fromFile.Features.Values, fromMemory.Features.Values);

        var clip = new MediaItem(MediaKind.Video, "clip.mkv");
        var error = await Assert.ThrowsAsync<UserErrorException>(
            () => processor.LoadAsync(clip, _folder.Path, default));
        Assert.StartsWith("/nowhere/ffmpeg: cannot be started", error.Message, StringComparison.Ordinal);
        Assert.Contains("install ffmpeg", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// 30 frames at 10 per second, 2 per second wanted: 6 frames, of which 2 make a second, so that a group spans one.
    /// </summary>
    [Theory]
    [InlineData(MediaRule.Transformers, 2.0)]
    [InlineData(MediaRule.QwenVlUtils, 2.0)]
    [InlineData(MediaRule.QwenVlUtils008, 2.0)]
    public async Task A_video_is_sampled_by_the_second(MediaRule rule, double perSecond)
    {
        SampleMedia.Video(_folder.At("clip.mkv"), 120, 90, frames: 30, rate: 10, "-c:v", "ffv1", "-pix_fmt", "bgr0");
        var limits = new MediaLimits { Rule = rule, FramesPerSecond = perSecond, MaxPixels = 12000, MinPixels = 3136 };
        var result = await new MediaProcessor(Config, Config, limits).LoadAsync(
            new MediaItem(MediaKind.Video, "clip.mkv"), _folder.Path, default);
        Assert.True(result.IsReady, result.ToString());
        var shown = Assert.IsType<MediaPatches>(result.Features);
        Assert.Equal(
            (MediaKind.Video, new PatchGrid(3, 6, 8), 1.0), (shown.Kind, shown.Grid, shown.SecondsPerGroup));
    }

    /// <summary>
    /// 300 frames of 3,584 x 3,584 pixels would be 11.6 billion numbers; the refusal comes before any is decoded.
    /// </summary>
    [Fact]
    public async Task A_video_that_no_array_holds_is_refused()
    {
        SampleMedia.Video(_folder.At("clip.mkv"), 64, 64, frames: 300, rate: 10, "-c:v", "ffv1", "-pix_fmt", "bgr0");
        var limits = new MediaLimits { Frames = 300, MinPixels = 12_845_056, MaxPixels = 12_845_056 };
        var result = await new MediaProcessor(Config, Config, limits).LoadAsync(
            new MediaItem(MediaKind.Video, "clip.mkv"), _folder.Path, default);
        Assert.Equal(MediaStatus.TooLarge, result.Status);
        Assert.StartsWith("would be 300 frames of 3584 x 3584 pixels", result.Reason, StringComparison.Ordinal);
    }

    /// <summary>A folder of frames gives what the frames give in memory, in the order of their names.</summary>
    [Fact]
    public async Task A_folder_of_frames_is_a_video()
    {
        Directory.CreateDirectory(_folder.At("frames"));
        var frames = Enumerable.Range(0, 5).Select(i => SampleMedia.Picture(60, 50, i)).ToList();
        for (var i = 0; i < frames.Count; i++)
        {
            File.WriteAllBytes(_folder.At("frames", $"{i}.png"), frames[i].Png());
        }

        File.WriteAllText(_folder.At("frames", "notes.txt"), "no frame");
        var item = new MediaItem(MediaKind.Video, "frames");
        var processor = new MediaProcessor(Config, Config);
        var result = await processor.LoadAsync(item, _folder.Path, default);
        Assert.Equal(processor.Process(frames, sampledFps: 2).Values, result.Features!.Values);
        var shown = Assert.IsType<MediaPatches>(result.Features);
        Assert.Equal((3, 1.0), (shown.Grid.Groups, shown.SecondsPerGroup));

        var two = await new MediaProcessor(
            Config, Config, new MediaLimits { Frames = 2 }).LoadAsync(item, _folder.Path, default);
        Assert.Equal(processor.Process([frames[0], frames[4]], sampledFps: 2).Values, two.Features!.Values);

        File.WriteAllBytes(_folder.At("frames", "9.png"), SampleMedia.Picture(61, 50).Png());
        Assert.Equal(MediaStatus.Unusable, (await processor.LoadAsync(item, _folder.Path, default)).Status);
    }

    [Fact]
    public void Limits_replace_what_the_model_says_and_must_agree()
    {
        var image = SampleMedia.Picture(280, 280);
        Assert.Equal(
            new PatchGrid(1, 6, 6),
            new MediaProcessor(Config, Config, new MediaLimits { MaxPixels = 7100 }).Process(image).Grid);
        Assert.Equal(
            new PatchGrid(1, 20, 20),
            new MediaProcessor(Config, Config, new MediaLimits { MaxPixels = 100_000 }).Process(image).Grid);
        foreach (var wrong in new[]
        {
            new MediaLimits { MaxPixels = 100 },
            new MediaLimits { MinPixels = 9, MaxPixels = 8 },
            new MediaLimits { Frames = 0 },
            new MediaLimits { Frames = 4, FramesPerSecond = 1 },
            new MediaLimits { FramesPerSecond = double.NaN },
        })
        {
            Assert.StartsWith(
                "media limits: ",
                Assert.Throws<UserErrorException>(() => new MediaProcessor(Config, Config, wrong)).Message,
                StringComparison.Ordinal);
        }
    }

    private static MediaItem Picture(string path) => new(MediaKind.Image, path);
}
