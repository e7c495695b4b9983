using R1Reward.Data.Media.Processing;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Media.Processing;

public sealed class PreprocessorFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"min_pixels": 3136, "max_pixels": 12000, "patch_size": 16}""")]
    [InlineData("""{"size": {"shortest_edge": 3136, "longest_edge": 12000}, "patch_size": 16}""")]
    [InlineData("""{"size": {"min_pixels": 3136, "max_pixels": 12000}, "patch_size": 16}""")]
    public void All_spellings_say_the_same(string json)
    {
        File.WriteAllText(_folder.At("preprocessor_config.json"), json);
        var config = PreprocessorFiles.ReadPictures(_folder.Path);
        Assert.Equal((3136, 12000, 16, 32), (config.MinPixels, config.MaxPixels, config.PatchSize, config.Factor));
        Assert.Equal(config.MaxPixels, PreprocessorFiles.ReadVideos(_folder.Path).MaxPixels);
    }

    [Fact]
    public void Videos_have_a_file_of_their_own_or_a_section()
    {
        File.WriteAllText(_folder.At("processor_config.json"), """
            {
              "image_processor": {"max_pixels": 20000},
              "video_processor": {
                "min_pixels": 4096, "max_pixels": 30000, "fps": 3, "video_processor_type": "Qwen3VLVideoProcessor"
              }
            }
            """);
        Assert.Equal(20000, PreprocessorFiles.ReadPictures(_folder.Path).MaxPixels);
        var videos = PreprocessorFiles.ReadVideos(_folder.Path);
        Assert.Equal((30000, 3.0, true), (videos.MaxPixels, videos.FramesPerSecond, videos.Qwen3Video));
        Assert.Equal((16, 0.5), (videos.PatchSize, videos.Mean[0]));

        File.WriteAllText(
            _folder.At("video_preprocessor_config.json"),
            """{"max_pixels": 40000, "do_sample_frames": false, "fps": 3}""");
        var own = PreprocessorFiles.ReadVideos(_folder.Path);
        Assert.Equal((40000, null), (own.MaxPixels, own.FramesPerSecond));
    }

    [Fact]
    public void What_is_saved_is_read()
    {
        var pictures = new PreprocessorConfig
        {
            MinPixels = 1000,
            MaxPixels = 8000,
            PatchSize = 7,
            MergeSize = 3,
            Mean = [0.1, 0.2, 0.3],
            Deviation = [1, 2, 3],
            RescaleFactor = 0.5,
        };
        PreprocessorFiles.Write(
            _folder.Path,
            pictures,
            pictures with { FramesPerSecond = 1.5, MinFrames = 6, MaxFrames = 60, Qwen3Video = true });
        var (read, videos) = (PreprocessorFiles.ReadPictures(_folder.Path), PreprocessorFiles.ReadVideos(_folder.Path));
        Assert.Equal(pictures with { Mean = read.Mean, Deviation = read.Deviation }, read);
        Assert.Equal(pictures.Mean, read.Mean);
        Assert.Equal(pictures.Deviation, read.Deviation);
        Assert.Equal(
            (1.5, 6, 60, true), (videos.FramesPerSecond, videos.MinFrames, videos.MaxFrames, videos.Qwen3Video));
    }

    [Theory]
    [InlineData(null, "no preprocessor_config.json")]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"patch_size": "large"}""", "patch_size must be a number but is \"large\"")]
    [InlineData("""{"min_pixels": 9, "max_pixels": 8}""", "pixel limits 9-8 are not a range")]
    [InlineData("""{"image_mean": [1, 2]}""", "three numbers each")]
    [InlineData("""{"resample": 2}""", "resample 2 is not bicubic (3)")]
    [InlineData("""{"do_rescale": false}""", "do_rescale is off")]
    public void What_cannot_be_followed_is_an_error(string? json, string message)
    {
        if (json is not null)
        {
            File.WriteAllText(_folder.At("preprocessor_config.json"), json);
        }

        var error = Assert.Throws<UserErrorException>(() => MediaProcessor.Load(_folder.Path));
        Assert.StartsWith(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
