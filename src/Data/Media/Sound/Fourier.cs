using System.Numerics;

namespace R1Reward.Data.Media.Sound;

/// <summary>
/// The discrete Fourier transform of one length, in float64, by Stockham's sorting algorithm with a pass for each prime
/// factor. Not thread-safe: the passes share two buffers.
/// </summary>
internal sealed class Fourier
{
    private readonly int[] _factors;
    private readonly Complex[] _roots;
    private Complex[] _from;
    private Complex[] _to;

    /// <summary>A transform of so many points.</summary>
    public Fourier(int length)
    {
        _factors = [.. Factors(length)];
        _roots =
        [
            .. Enumerable.Range(0, length).Select(k => Complex.FromPolarCoordinates(1, -2 * Math.PI * k / length)),
        ];
        (_from, _to) = (new Complex[length], new Complex[length]);
    }

    /// <summary>Squared magnitudes of the frequencies from 0 to half the rate of real samples.</summary>
    /// <param name="samples">As many as the transform has points.</param>
    /// <param name="powers">Receives half as many and one.</param>
    public void Power(ReadOnlySpan<double> samples, Span<double> powers)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            _from[i] = samples[i];
        }

        var rest = samples.Length;
        foreach (var factor in _factors)
        {
            Pass(factor, rest, samples.Length / rest);
            rest /= factor;
            (_from, _to) = (_to, _from);
        }

        for (var i = 0; i < powers.Length; i++)
        {
            powers[i] = (_from[i].Real * _from[i].Real) + (_from[i].Imaginary * _from[i].Imaginary);
        }
    }

    /// <summary>Takes one factor out of transforms of length rest, of which so many lie interleaved.</summary>
    private void Pass(int factor, int rest, int interleaved)
    {
        var part = rest / factor;
        var step = _roots.Length / factor;
        for (var p = 0; p < part; p++)
        {
            for (var k = 0; k < factor; k++)
            {
                var twiddle = _roots[p * k * interleaved];
                for (var q = 0; q < interleaved; q++)
                {
                    var sum = Complex.Zero;
                    for (var j = 0; j < factor; j++)
                    {
                        sum += _from[q + (interleaved * (p + (part * j)))] * _roots[j * k % factor * step];
                    }

                    _to[q + (interleaved * ((factor * p) + k))] = sum * twiddle;
                }
            }
        }
    }

    private static IEnumerable<int> Factors(int number)
    {
        for (var factor = 2; number > 1; factor++)
        {
            for (; number % factor == 0; number /= factor)
            {
                yield return factor;
            }
        }
    }
}
