using System.Numerics;

namespace R1Reward.Data.Media.Sound;

/// <summary>
/// Whisper's log-mel features: a Hann window of 25 ms every 10 ms, the power spectrum, mel filters, the logarithm,
/// floored at eight decades below the loudest value of the sound. As in the published extractor the sound is followed
/// by silence up to the longest that a model hears; columns that would hold nothing but that silence are not computed.
/// May be used from many threads at once.
/// </summary>
/// <param name="bins">Number of mel filters.</param>
internal sealed class LogMel(int bins)
{
    /// <summary>Samples per second that the features are made of.</summary>
    public const int Rate = 16_000;

    /// <summary>Samples from one column to the next.</summary>
    public const int Hop = 160;

    /// <summary>Samples that one column hears.</summary>
    public const int Window = 400;

    private const double Floor = 1e-10;
    private const double Decades = 8;

    private static readonly double[] _hann =
        [.. Enumerable.Range(0, Window).Select(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Window)))];

    private readonly (int First, double[] Weights)[] _filters =
        MelFilters.Make(bins, (Window / 2) + 1, Rate / 2.0);

    /// <summary>The columns in which a sound is heard, filter by filter (bins, columns).</summary>
    /// <param name="samples">The sound at <see cref="Rate"/>.</param>
    /// <param name="longest">Samples of the longest sound that a model hears, a multiple of the hop.</param>
    public float[] Of(ReadOnlySpan<float> samples, int longest)
    {
        var columns = Math.Min(longest / Hop, ColumnsOf(samples.Length) + (Window / 2 / Hop) + 1);
        var decades = new double[bins * columns];
        var transform = new Fourier(Window);
        var frames = new Complex[Window];
        double[][] powers = [new double[(Window / 2) + 1], new double[(Window / 2) + 1]];
        var loudest = Math.Log10(Floor);
        for (var column = 0; column < columns; column++)
        {
            if (column % 2 == 0)
            {
                for (var i = 0; i < Window; i++)
                {
                    var start = (column * Hop) + i - (Window / 2);
                    frames[i] = _hann[i] * new Complex(
                        Sample(samples, start, longest), Sample(samples, start + Hop, longest));
                }

                transform.Powers(frames, powers[0], powers[1]);
            }

            for (var bin = 0; bin < bins; bin++)
            {
                var value = Math.Log10(Math.Max(Floor, Filtered(powers[column % 2], _filters[bin])));
                decades[(bin * columns) + column] = value;
                loudest = Math.Max(loudest, value);
            }
        }

        return Array.ConvertAll(decades, value => (float)((Math.Max(value, loudest - Decades) + 4) / 4));
    }

    /// <summary>How many columns begin within so many samples.</summary>
    public static int ColumnsOf(int samples) => (samples + Hop - 1) / Hop;

    private static double Filtered(double[] powers, (int First, double[] Weights) filter)
    {
        var sum = 0.0;
        for (var i = 0; i < filter.Weights.Length; i++)
        {
            sum += filter.Weights[i] * powers[filter.First + i];
        }

        return sum;
    }

    /// <summary>The sample at a place; the ends are mirrored, and after the sound there is silence.</summary>
    private static float Sample(ReadOnlySpan<float> samples, int at, int longest)
    {
        var inside = Math.Abs(at);
        inside = inside < longest ? inside : (2 * (longest - 1)) - inside;
        return inside < samples.Length ? samples[inside] : 0;
    }
}
