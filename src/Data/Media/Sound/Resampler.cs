using System.Numerics;

namespace R1Reward.Data.Media.Sound;

/// <summary>
/// Brings a sound to another rate by a windowed sinc with the pass band of soxr's setting HQ, which the published
/// loaders use: even up to 0.913 of the lower half rate, 120 dB down from there on. Where the rates have no small
/// common ratio, filters between the tabulated ones are blended, 118 dB below the sound.
/// </summary>
internal static class Resampler
{
    private const double PassBand = 0.913;
    private const double Attenuation = 120;
    private const double Beta = 0.1102 * (Attenuation - 8.7);
    private const int MaxPhases = 1024;

    // Those of the last rate, since a run's sounds are mostly of one.
    private static Table? _last;

    /// <summary>The sound at another rate; itself where the rate is its own.</summary>
    public static Waveform To(Waveform sound, int rate)
    {
        if (sound.Rate == rate || sound.Samples.Length == 0)
        {
            return sound with { Rate = rate };
        }

        var common = (int)BigInteger.GreatestCommonDivisor(sound.Rate, rate);
        var phases = Math.Min(rate / common, MaxPhases);
        var narrowing = Math.Min(1, rate / (double)sound.Rate);
        var half = (int)Math.Ceiling((Attenuation - 7.95) / (2 * 2.285 * Math.PI * (1 - PassBand) * narrowing));
        var table = _last;
        if (table is null || (table.From, table.To) != (sound.Rate, rate))
        {
            _last = table = new Table(sound.Rate, rate, Filters(phases, half, narrowing));
        }

        var filters = table.Filters;
        var padded = new float[sound.Samples.Length + (2 * half)];
        sound.Samples.CopyTo(padded, half);
        var samples = new float[((long)sound.Samples.Length * rate + sound.Rate - 1) / sound.Rate];
        for (var i = 0; i < samples.Length; i++)
        {
            // The place in the source: a whole number of samples, and phases of one.
            var (whole, rest) = Math.DivRem((long)i * sound.Rate, rate);
            var place = rest * (double)phases / rate;
            var phase = (int)place;
            var around = padded.AsSpan((int)whole + 1, 2 * half);
            var blend = (float)(place - phase);
            samples[i] = Dot(filters[phase], around);
            if (blend > 0)
            {
                samples[i] += blend * (Dot(filters[phase + 1], around) - samples[i]);
            }
        }

        return new Waveform(samples, rate);
    }

    /// <summary>For each phase from 0 to a whole sample the weights of the samples around.</summary>
    private static float[][] Filters(int phases, int half, double narrowing)
    {
        var cutoff = narrowing * (1 + PassBand) / 2;
        return [.. Enumerable.Range(0, phases + 1).Select(phase => Enumerable.Range(1 - half, 2 * half)
            .Select(tap => Weight(tap - (phase / (double)phases), half, cutoff)).ToArray())];
    }

    private static float Weight(double distance, int half, double cutoff)
    {
        var inside = 1 - (distance / half * (distance / half));
        if (inside <= 0)
        {
            return 0;
        }

        var angle = Math.PI * cutoff * distance;
        var sinc = angle == 0 ? 1 : Math.Sin(angle) / angle;
        return (float)(cutoff * sinc * Bessel(Beta * Math.Sqrt(inside)) / Bessel(Beta));
    }

    /// <summary>The modified Bessel function of order 0, of which Kaiser's window is made.</summary>
    private static double Bessel(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; term > sum * 1e-12; k++)
        {
            term *= x * x / (4.0 * k * k);
            sum += term;
        }

        return sum;
    }

    /// <summary>The filters from one rate to another.</summary>
    private sealed record Table(int From, int To, float[][] Filters);

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sums = Vector<float>.Zero;
        var at = 0;
        for (; at <= left.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            sums += new Vector<float>(left[at..]) * new Vector<float>(right[at..]);
        }

        var sum = Vector.Sum(sums);
        for (; at < left.Length; at++)
        {
            sum += left[at] * right[at];
        }

        return sum;
    }
}
