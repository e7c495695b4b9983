using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Media.Decoding;

public sealed class MediaDecoderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MediaDecoder _decoder = new();

    public void Dispose() => _folder.Dispose();

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
    public async Task A_link_to_a_device_that_never_ends_is_not_read()
    {
        File.CreateSymbolicLink(_folder.At("endless.png"), "/dev/zero");
        var picture = _decoder.PictureAsync(_folder.At("endless.png"), default);
        var error = await Assert.ThrowsAsync<MediaException>(() => picture.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(MediaStatus.Unsupported, error.Status);
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
        Assert.Equal(
            MediaStatus.Corrupt,
            (
                await Assert.ThrowsAsync<MediaException>(
                    () => _decoder.ProbeAsync(_folder.At("list.mp4"), default))).Status);
    }

    private async Task<List<string>> Frames(string path, VideoInfo video, int[] indices)
    {
        var frames = new List<string>();
        await _decoder.FramesAsync(path, video, indices, frame => frames.Add(Convert.ToHexString(frame.Rgb)), default);
        return frames;
    }
}
