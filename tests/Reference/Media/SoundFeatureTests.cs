using Newtonsoft.Json.Linq;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Media.Sound;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests.Media;

/// <summary>Log-mel features of stored samples, and the files that the samples were read from.</summary>
public sealed class SoundFeatureTests
{
    [ReferenceTheory("vision-audio", "audio-features*")]
    public async Task Features(string name)
    {
        var json = JObject.Parse(File.ReadAllText(Fixtures.Path("vision-audio", name + ".json")));
        var tensors = TensorFile.Open(Fixtures.Path("vision-audio", name + ".safetensors"));
        foreach (var one in json["cases"]!)
        {
            CheckCase(one, tensors, (double)json["tolerance"]!["features"]!);
        }

        CheckFilters(tensors, (double)json["tolerance"]!["mel_filters"]!);
        await CheckFiles(json, tensors);
    }

    private static void CheckCase(JToken one, TensorFile tensors, double tolerance)
    {
        var samples = Samples((string)one["samples"]!, tensors);
        Assert.Equal((int)one["sample_count"]!, samples.Length);
        var (bins, columns) = ((int)one["features_shape"]![0]!, (int)one["features_shape"]![1]!);
        var config = new SoundConfig { MelBins = bins, Seconds = (int)one["chunk_length_seconds"]! };
        Assert.Equal(columns, config.Seconds * 100);
        var loudest = (double)one["features_max"]!;

        // Those that are too short for a token have no features of their own; the columns are what they would be.
        float[] values = new LogMel(bins).Of(
            samples.AsSpan(0, Math.Min(samples.Length, config.Seconds * SoundConfig.Rate)),
            config.Seconds * SoundConfig.Rate);
        var stored = values.Length / bins;
        var heard = Math.Min(columns, LogMel.ColumnsOf(samples.Length));
        Assert.Equal((int)one["mask_sum"]!, heard);
        Assert.Equal(loudest, values.Max(), tolerance);

        // What comes after the sound is eight decades, two of the scale, below the loudest.
        var silence = Math.Max(loudest - 2, -1.5);
        var whole = values.Sum(value => (double)value) + (silence * bins * (columns - stored));
        Assert.Equal((double)one["features_sum"]!, whole, tolerance * bins * columns);
        Assert.Equal((double?)one["constant_value"] ?? silence, silence, tolerance);
        var head = (string?)one["first_columns_equal"] ?? (string)one["name"]!;
        if (!tensors.Contains(head + ":features"))
        {
            return;
        }

        var expected = tensors.Floats(head + ":features");
        for (var (bin, width) = (0, expected.Length / bins); bin < bins; bin++)
        {
            for (var column = 0; column < width; column++)
            {
                var got = column < stored ? values[(bin * stored) + column] : silence;
                Assert.True(
                    Math.Abs(expected[(bin * width) + column] - got) <= tolerance,
                    $"{one["name"]}, filter {bin}, column {column}: {expected[(bin * width) + column]}, got {got}");
            }
        }
    }

    private static void CheckFilters(TensorFile tensors, double tolerance)
    {
        const string prefix = "mel_filters_";
        foreach (var name in tensors.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var (expected, frequencies) = (tensors.Floats(name), tensors.Shape(name)[0]);
            var filters = MelFilters.Make(tensors.Shape(name)[1], frequencies, SoundConfig.Rate / 2.0);
            for (var i = 0; i < expected.Length; i++)
            {
                var (first, weights) = filters[i % filters.Length];
                var at = (i / filters.Length) - first;
                Assert.Equal(expected[i], at >= 0 && at < weights.Length ? weights[at] : 0, tolerance);
            }
        }
    }

    /// <summary>The files at their own rates and channels come near the published loader's samples.</summary>
    private static async Task CheckFiles(JObject json, TensorFile tensors)
    {
        var resampling = json["resampling"]!;
        var decoder = new R1Reward.Data.Media.Decoding.SoundDecoder();
        var file = Fixtures.Path(((string)resampling["file"]!).Split('/'));
        var sound = await decoder.ReadAsync(file, 1000, default);
        Assert.Equal((int)resampling["rate"]!, sound.Rate);
        Assert.Equal((int)resampling["samples_in"]!, sound.Samples.Length);
        var samples = Resampler.To(sound, SoundConfig.Rate).Samples;
        Assert.Equal((int)resampling["samples_out"]!, samples.Length);
        var expected = tensors.Floats(tensors.Names.Single(name => name.EndsWith("_at_16k", StringComparison.Ordinal)));
        var tolerance = (double)json["tolerance"]!["resampled_audio_if_you_resample_yourself"]!;
        Assert.InRange(samples.Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)), 0, tolerance);
    }

    /// <summary>Samples as a case names them: names joined by <c>+</c>, each maybe with a range.</summary>
    private static float[] Samples(string named, TensorFile tensors) =>
    [
        .. named.Split(" + ").SelectMany(part =>
        {
            var (name, range) = part.TrimEnd(']').Split('[') is [var cut, var bounds] ? (cut, bounds) : (part, ":");
            var all = tensors.Floats(name);
            int Bound(int at, int otherwise) => range.Split(':')[at] is { Length: > 0 } given
                ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
                : otherwise;
            return all[Bound(0, 0)..Bound(1, all.Length)];
        }),
    ];
}
