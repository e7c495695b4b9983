using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Media.Sound;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Media.Processing;

public sealed class SoundProcessorTests : IDisposable
{
    private static readonly SoundConfig _config = new() { MelBins = 16, Seconds = 4 };

    private readonly TempFolder _folder = new();
    private readonly SoundProcessor _processor = new(_config);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("missing.wav", MediaStatus.Missing, "does not exist")]
    [InlineData("folder", MediaStatus.Missing, "is a folder")]
    [InlineData("empty.wav", MediaStatus.Corrupt, "is empty")]
    [InlineData("text.wav", MediaStatus.Corrupt, "is no sound that ffmpeg can read")]
    [InlineData("cut.wav", MediaStatus.Corrupt, "ends in the middle of its samples: it was cut")]
    [InlineData("head.wav", MediaStatus.Corrupt, "has no samples: it was cut")]
    [InlineData("channels.wav", MediaStatus.Corrupt, "says it has 0 channels of 16000 samples per second")]
    [InlineData("none.wav", MediaStatus.Unusable, "is too short to be heard (0 samples at 16 kHz)")]
    [InlineData("short.wav", MediaStatus.Unusable, "is too short to be heard (320 samples at 16 kHz)")]
    [InlineData("/dev/zero", MediaStatus.Unsupported, "is a pipe, a socket or a device, no plain file")]
    [InlineData("https://host/a.wav", MediaStatus.Unsupported, "is an address of another machine, and sounds")]
    public async Task What_is_wrong_with_a_sound_is_in_its_result(string name, MediaStatus status, string reason)
    {
        var whole = SampleSounds.Wav(16_000, 1, SampleSounds.Tone(16_000, 1));
        var channels = (byte[])whole.Clone();
        channels[22] = 0;
        Directory.CreateDirectory(_folder.At("folder"));
        File.WriteAllBytes(_folder.At("empty.wav"), []);
        File.WriteAllText(_folder.At("text.wav"), "no sound at all, but a line of text");
        File.WriteAllBytes(_folder.At("cut.wav"), whole[..(whole.Length / 2)]);
        File.WriteAllBytes(_folder.At("head.wav"), whole[..30]);
        File.WriteAllBytes(_folder.At("channels.wav"), channels);
        File.WriteAllBytes(_folder.At("none.wav"), SampleSounds.Wav(16_000, 1, []));
        File.WriteAllBytes(_folder.At("short.wav"), SampleSounds.Wav(16_000, 1, SampleSounds.Tone(16_000, 0.02)));

        var result = await LoadAsync(name);

        Assert.Equal((status, false), (result.Status, result.IsReady));
        Assert.StartsWith(reason, result.Reason, StringComparison.Ordinal);
    }

    /// <summary>A 440 Hz tone stands in the same filter, whatever its file's rate and channels.</summary>
    [Theory]
    [InlineData(8_000, 1)]
    [InlineData(11_025, 2)]
    [InlineData(44_100, 2)]
    [InlineData(48_000, 6)]
    [InlineData(192_000, 1)]
    [InlineData(44_101, 1)]
    public async Task A_tone_is_the_same_at_every_rate_and_number_of_channels(int rate, int channels)
    {
        var samples = SampleSounds.Tone(rate, 1).SelectMany(sample => Enumerable.Repeat(sample, channels)).ToArray();
        File.WriteAllBytes(_folder.At("tone.wav"), SampleSounds.Wav(rate, channels, samples));
        File.WriteAllBytes(_folder.At("plain.wav"), SampleSounds.Wav(16_000, 1, SampleSounds.Tone(16_000, 1)));

        var (tone, plain) = (Sound(await LoadAsync("tone.wav")), Sound(await LoadAsync("plain.wav")));

        Assert.Equal((100, 102, 25), (tone.Columns, tone.Stored, tone.Tokens));
        Assert.Equal(Loudest(plain, 50), Loudest(tone, 50));
        Assert.Equal(plain.Values.Max(), tone.Values.Max(), 0.02);
    }

    [Theory]
    [InlineData("tone.flac")]
    [InlineData("tone.mp3")]
    [InlineData("tone.ogg", "-c:a", "libvorbis")]
    [InlineData("tone.opus")]
    [InlineData("tone.m4a")]
    [InlineData("tone.wav", "-c:a", "adpcm_ms")]
    public async Task Other_formats_are_decoded_by_ffmpeg_from_a_file_and_from_memory(
        string name, params string[] options)
    {
        SampleSounds.Encode(_folder.At(name), 1, 16_000, [.. options, "-movflags", "+faststart"]);
        var item = new MediaItem(MediaKind.Audio, name);

        var file = Sound(await _processor.LoadAsync(item, _folder.Path, default));
        var memory = Sound(await _processor.LoadAsync(item, File.ReadAllBytes(_folder.At(name)), default));

        foreach (var sound in new[] { file, memory })
        {
            Assert.InRange(sound.Columns, 99, 120);
            Assert.Equal(Loudest(Plain(), 50), Loudest(sound, 50));
        }
    }

    [Fact]
    public async Task The_track_of_a_video_is_heard_and_one_without_a_track_is_refused()
    {
        string[] picture = ["-f", "lavfi", "-i", "color=size=16x16:rate=8:duration=1", "-c:v", "mpeg4"];
        SampleSounds.Encode(_folder.At("sounding.mp4"), 1, 16_000, picture);
        SampleMedia.Video(_folder.At("silent.mkv"), 16, 16, frames: 8, rate: 8, "-c:v", "ffv1", "-pix_fmt", "bgr0");

        Assert.Equal(Loudest(Plain(), 50), Loudest(Sound(await LoadAsync("sounding.mp4")), 50));
        Assert.Equal(
            (MediaStatus.Unsupported, "holds no sound"),
            ((await LoadAsync("silent.mkv")).Status, (await LoadAsync("silent.mkv")).Reason));
    }

    [Fact]
    public async Task A_compressed_sound_that_was_cut_is_corrupt()
    {
        SampleSounds.Encode(_folder.At("whole.flac"), 2, 16_000);
        var whole = File.ReadAllBytes(_folder.At("whole.flac"));
        File.WriteAllBytes(_folder.At("cut.flac"), whole[..(whole.Length * 2 / 3)]);

        var result = await LoadAsync("cut.flac");

        Assert.Equal(MediaStatus.Corrupt, result.Status);
        Assert.StartsWith("is no sound that ffmpeg can read", result.Reason, StringComparison.Ordinal);
    }

    /// <summary>A model that hears four seconds reads no more of a file, however long it is.</summary>
    [Theory]
    [InlineData("hour.wav")]
    [InlineData("minute.flac")]
    public async Task A_long_sound_is_heard_as_far_as_the_model_hears(string name)
    {
        if (name.EndsWith(".wav", StringComparison.Ordinal))
        {
            var head = SampleSounds.Wav(16_000, 1, SampleSounds.Tone(16_000, 5));
            BitConverter.TryWriteBytes(head.AsSpan(40), 3600 * 32_000);
            using var file = File.Create(_folder.At(name));
            file.Write(head);
            file.SetLength(44 + (3600L * 32_000));
        }
        else
        {
            SampleSounds.Encode(_folder.At(name), 60, 8_000);
        }

        var sound = Sound(await LoadAsync(name));

        Assert.Equal((400, 400, 100), (sound.Columns, sound.Stored, sound.Tokens));
        Assert.Equal(Loudest(Plain(), 50), Loudest(sound, 390));
    }

    [Fact]
    public async Task Silence_is_the_floor_everywhere()
    {
        File.WriteAllBytes(_folder.At("silent.wav"), SampleSounds.Wav(16_000, 1, new double[16_000]));

        Assert.All(Sound(await LoadAsync("silent.wav")).Values, value => Assert.Equal(-1.5f, value));
    }

    [Fact]
    public async Task Samples_that_are_no_numbers_are_corrupt()
    {
        var file = SampleSounds.Wav(16_000, 1, SampleSounds.Tone(16_000, 1));
        file[20] = 3;
        file[32] = 4;
        file[34] = 32;
        BitConverter.TryWriteBytes(file.AsSpan(100), float.NaN);
        File.WriteAllBytes(_folder.At("nan.wav"), file);

        var result = await LoadAsync("nan.wav");

        Assert.Equal((MediaStatus.Corrupt, "holds samples that are no numbers"), (result.Status, result.Reason));
    }

    [Theory]
    [InlineData("pcm_u8", 0.01)]
    [InlineData("pcm_s24le", 1e-5)]
    [InlineData("pcm_s32le", 1e-5)]
    [InlineData("pcm_f32le", 1e-5)]
    [InlineData("pcm_f64le", 1e-5)]
    public async Task Samples_of_every_plain_kind_are_read(string codec, double tolerance)
    {
        var decoder = new SoundDecoder();
        SampleSounds.Encode(_folder.At("plain.wav"), 0.5, 16_000, "-c:a", "pcm_s16le");
        SampleSounds.Encode(_folder.At("other.wav"), 0.5, 16_000, "-c:a", codec);

        var plain = await decoder.ReadAsync(_folder.At("plain.wav"), 9, default);
        var other = await decoder.ReadAsync(_folder.At("other.wav"), 9, default);

        Assert.Equal((16_000, 8_000), (other.Rate, other.Samples.Length));
        Assert.All(plain.Samples.Zip(other.Samples), pair => Assert.Equal(pair.First, pair.Second, tolerance + 4e-5));
    }

    private static SoundFeatures Sound(MediaResult result)
    {
        Assert.True(result.IsReady, result.ToString());
        return Assert.IsType<SoundFeatures>(result.Features);
    }

    private static int Loudest(SoundFeatures sound, int column) =>
        Enumerable.Range(0, sound.Bins).MaxBy(bin => sound.Values[(bin * sound.Stored) + column]);

    private SoundFeatures Plain() =>
        _processor.Process(new Waveform([.. SampleSounds.Tone(16_000, 1).Select(value => (float)value)], 16_000));

    private Task<MediaResult> LoadAsync(string name) =>
        _processor.LoadAsync(new MediaItem(MediaKind.Audio, name), _folder.Path, default);
}
