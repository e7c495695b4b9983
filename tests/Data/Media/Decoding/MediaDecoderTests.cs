using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Media.Decoding;

public sealed class MediaDecoderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MediaDecoder _decoder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("yuvj420p", 37, 23)]
    [InlineData("yuvj422p", 37, 23)]
    [InlineData("yuvj444p", 37, 23)]
    [InlineData("yuvj420p", 64, 48)]
    public async Task Jpeg_of_every_chroma_size(string pixels, int width, int height)
    {
        var image = SampleMedia.Gradient(width, height);
        var decoded = await _decoder.PictureAsync(SampleMedia.Encode(image, "-pix_fmt", pixels, "-q:v", "2", "-c:v", "mjpeg", "-f", "image2pipe"), default);
        Assert.Equal(image.Size, decoded.Size);
        Assert.InRange(image.Rgb.Zip(decoded.Rgb).Average(pair => Math.Abs(pair.First - pair.Second)), 0, 5);
    }

    [Fact]
    public async Task Lossless_webp_and_the_first_frame_of_a_gif()
    {
        var image = SampleMedia.Picture(24, 18);
        Assert.Equal(image.Rgb, (await _decoder.PictureAsync(SampleMedia.Encode(image, "-c:v", "libwebp", "-lossless", "1", "-f", "webp"), default)).Rgb);
        var black = new RgbImage(4, 4, new byte[48]);
        Assert.Equal(black.Rgb, (await _decoder.PictureAsync(SampleMedia.Encode(black, "-f", "gif"), default)).Rgb);
    }

    [Theory]
    [InlineData("mjpeg", "image2pipe")]
    [InlineData("libwebp", "webp")]
    [InlineData("gif", "gif")]
    public async Task A_cut_file_is_corrupt(string codec, string container)
    {
        var file = SampleMedia.Encode(SampleMedia.Picture(64, 64), "-c:v", codec, "-f", container);
        foreach (var length in new[] { 3, 15, file.Length / 4, file.Length / 2, file.Length * 9 / 10 })
        {
            var error = await Assert.ThrowsAsync<MediaException>(() => _decoder.PictureAsync(file.AsMemory(0, length), default));
            Assert.Contains(error.Status, new[] { MediaStatus.Corrupt, MediaStatus.Unsupported });
        }
    }

    /// <summary>The refusal must come from the header: none of these files has the pixels it promises.</summary>
    [Fact]
    public async Task A_bomb_is_refused_by_its_header()
    {
        var jpeg = SampleMedia.Encode(SampleMedia.Gradient(16, 16), "-c:v", "mjpeg", "-f", "image2pipe");
        var at = jpeg.AsSpan().IndexOf((byte[])[0xFF, 0xC0]);
        (jpeg[at + 5], jpeg[at + 6], jpeg[at + 7], jpeg[at + 8]) = (0xC3, 0x50, 0xC3, 0x50);
        var gif = SampleMedia.Encode(SampleMedia.Gradient(16, 16), "-f", "gif");
        (gif[6], gif[7], gif[8], gif[9]) = (0x50, 0xC3, 0x50, 0xC3);
        foreach (var file in new[] { SampleMedia.Bomb(50_000, 50_000), jpeg, gif })
        {
            var error = await Assert.ThrowsAsync<MediaException>(() => _decoder.PictureAsync(file, default));
            Assert.Equal(MediaStatus.TooLarge, error.Status);
            Assert.Equal("50000 x 50000 pixels, over the limit of 134,217,728", error.Message);
        }

        Assert.Equal(MediaStatus.TooLarge, (await Assert.ThrowsAsync<MediaException>(
            () => new MediaDecoder(new DecodingOptions { MaxPixels = 99 }).PictureAsync(SampleMedia.Picture(10, 10).Png(), default))).Status);
    }

    [Fact]
    public async Task Frames_are_the_ones_asked_for()
    {
        var path = _folder.At("clip.mkv");
        SampleMedia.Video(path, 64, 48, frames: 10, rate: 5, "-c:v", "ffv1", "-pix_fmt", "bgr0");
        var video = await _decoder.ProbeAsync(path, default);
        Assert.Equal(new VideoInfo(new PixelSize(48, 64), 10, 5), video);
        var all = await Frames(path, video, [.. Enumerable.Range(0, 10)]);
        var some = await Frames(path, video, [0, 3, 3, 9]);
        Assert.Equal(10, all.Count);
        Assert.Equal([all[0], all[3], all[3], all[9]], some.AsEnumerable());
        Assert.NotEqual(all[0], all[9]);
    }

    [Fact]
    public async Task A_cut_video_names_what_is_missing()
    {
        var path = _folder.At("clip.mp4");
        SampleMedia.Video(path, 64, 48, frames: 10, rate: 5, "-c:v", "mjpeg", "-movflags", "+faststart");
        var video = await _decoder.ProbeAsync(path, default);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..(int)(new FileInfo(path).Length / 2)]);
        var error = await Assert.ThrowsAsync<MediaException>(() => Frames(path, video, [0, 9]));
        Assert.Equal(MediaStatus.Corrupt, error.Status);
        Assert.StartsWith("gives 1 of 2 frames", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A playlist that calls itself a video must not make ffmpeg open other files or addresses.</summary>
    [Theory]
    [InlineData("ffconcat version 1.0\nfile 'inner.mkv'\n")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\ninner.mkv\n#EXT-X-ENDLIST\n")]
    public async Task A_playlist_is_no_video(string content)
    {
        SampleMedia.Video(_folder.At("inner.mkv"), 32, 32, frames: 4, rate: 2, "-c:v", "ffv1");
        File.WriteAllText(_folder.At("list.mp4"), content);
        Assert.Equal(MediaStatus.Corrupt, (await Assert.ThrowsAsync<MediaException>(() => _decoder.ProbeAsync(_folder.At("list.mp4"), default))).Status);
    }

    private async Task<List<string>> Frames(string path, VideoInfo video, int[] indices)
    {
        var frames = new List<string>();
        await _decoder.FramesAsync(path, video, indices, frame => frames.Add(Convert.ToHexString(frame.Rgb)), default);
        return frames;
    }
}
