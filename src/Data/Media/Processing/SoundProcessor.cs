using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Sound;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Turns sounds into the features of one model's audio tower: decode, average the channels, bring to 16 kHz, log-mel.
/// May be used from many threads at once.
/// </summary>
/// <param name="config">How the model wants sounds.</param>
/// <param name="decoding">How files become samples.</param>
public sealed class SoundProcessor(SoundConfig config, DecodingOptions? decoding = null)
{
    /// <summary>Seconds that are decoded beyond the longest sound, since resampling looks ahead.</summary>
    private const double Ahead = 0.5;

    private readonly SoundDecoder _decoder = new(decoding);
    private readonly LogMel _logMel = new(config.MelBins);

    /// <summary>How the model wants sounds.</summary>
    public SoundConfig Config => config;

    /// <summary>The processor of a model's folder.</summary>
    /// <exception cref="UserErrorException">The folder's preprocessing file is missing or asks for something that is
    /// not done here.</exception>
    public static SoundProcessor Load(string modelFolder, DecodingOptions? decoding = null) =>
        new(PreprocessorFiles.ReadSounds(modelFolder), decoding);

    /// <summary>The features of a sound.</summary>
    /// <exception cref="MediaException">It is too short for a single token.</exception>
    public SoundFeatures Process(Waveform sound)
    {
        var longest = config.Seconds * SoundConfig.Rate;
        var samples = Resampler.To(sound, SoundConfig.Rate).Samples;
        samples = samples.Length > longest ? samples[..longest] : samples;
        var columns = LogMel.ColumnsOf(samples.Length);
        return columns > 2
            ? new SoundFeatures(_logMel.Of(samples, longest), config.MelBins, columns)
            : throw new MediaException(
                MediaStatus.Unusable, $"is too short to be heard ({samples.Length} samples at 16 kHz)");
    }

    /// <summary>
    /// Reads, decodes and prepares a sound file or the track of a video. Whatever is wrong with it is in the result.
    /// </summary>
    /// <param name="item">The sound.</param>
    /// <param name="baseFolder">What the item's path is relative to.</param>
    /// <param name="cancellation">Ends the decoding when it is cancelled.</param>
    /// <exception cref="UserErrorException">ffmpeg is needed and cannot be started.</exception>
    public Task<MediaResult> LoadAsync(MediaItem item, string baseFolder, CancellationToken cancellation)
    {
        var path = MediaPath.Resolve(item.Path, baseFolder);
        return MediaResult.OfAsync(
            item,
            async () => MediaPath.IsRemote(path)
                ? throw new MediaException(
                    MediaStatus.Unsupported,
                    "is an address of another machine, and sounds are not fetched; download the file, name its path")
                : Process(await _decoder.ReadAsync(path, config.Seconds + Ahead, cancellation).ConfigureAwait(false)),
            cancellation);
    }

    /// <summary>Decodes and prepares a sound whose file is at hand, under the same rules.</summary>
    /// <param name="item">Names the sound in the result.</param>
    /// <param name="file">The whole file, as it would lie on disk.</param>
    /// <param name="cancellation">Ends the decoding when it is cancelled.</param>
    /// <exception cref="UserErrorException">ffmpeg is needed and cannot be started.</exception>
    public Task<MediaResult> LoadAsync(MediaItem item, ReadOnlyMemory<byte> file, CancellationToken cancellation) =>
        MediaResult.OfAsync(
            item,
            async () => Process(
                await _decoder.ReadAsync(file, config.Seconds + Ahead, cancellation).ConfigureAwait(false)),
            cancellation);
}
