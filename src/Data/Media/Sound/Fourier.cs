using System.Numerics;

namespace R1Reward.Data.Media.Sound;

/// <summary>
/// The discrete Fourier transform of one length, in float64, by Stockham's sorting algorithm with a pass for each prime
/// factor; two real signals go through it as one complex one. Not thread-safe: the passes share two buffers.
/// </summary>
internal sealed class Fourier
{
    private readonly (int Factor, Complex[] Roots)[] _passes;
    private readonly Complex[] _roots;
    private Complex[] _from;
    private Complex[] _to;

    /// <summary>A transform of so many points.</summary>
    public Fourier(int length)
    {
        _roots = [.. Enumerable.Range(0, length).Select(k => Root(k, length))];
        _passes =
        [
            .. Factors(length).Select(factor => (factor, Enumerable.Range(0, factor * factor)
                .Select(place => Root(place / factor * (place % factor) % factor, factor)).ToArray())),
        ];
        (_from, _to) = (new Complex[length], new Complex[length]);
    }

    /// <summary>Squared magnitudes of the frequencies from 0 to half the rate of two signals of real samples.</summary>
    /// <param name="signals">
    /// As many numbers as the transform has points: samples of one signal in the real parts, of the other in the
    /// imaginary ones.
    /// </param>
    /// <param name="first">Receives half as many powers of the first signal, and one.</param>
    /// <param name="second">Those of the second.</param>
    public void Powers(ReadOnlySpan<Complex> signals, Span<double> first, Span<double> second)
    {
        signals.CopyTo(_from);
        var rest = signals.Length;
        foreach (var (factor, roots) in _passes)
        {
            Pass(factor, roots, rest, signals.Length / rest);
            rest /= factor;
            (_from, _to) = (_to, _from);
        }

        // A real signal's spectrum is its own mirror image, conjugated.
        for (var i = 0; i < first.Length; i++)
        {
            var (one, mirrored) = (_from[i], Complex.Conjugate(_from[(signals.Length - i) % signals.Length]));
            first[i] = Squared(one + mirrored) / 4;
            second[i] = Squared(one - mirrored) / 4;
        }
    }

    private static double Squared(Complex number) =>
        (number.Real * number.Real) + (number.Imaginary * number.Imaginary);

    private static Complex Root(int k, int length) => Complex.FromPolarCoordinates(1, -2 * Math.PI * k / length);

    /// <summary>Takes one factor out of transforms of length rest, of which so many lie interleaved.</summary>
    private void Pass(int factor, Complex[] roots, int rest, int interleaved)
    {
        var part = rest / factor;
        for (var p = 0; p < part; p++)
        {
            for (var k = 0; k < factor; k++)
            {
                var twiddle = _roots[p * k * interleaved];
                var row = roots.AsSpan(k * factor, factor);
                for (var q = 0; q < interleaved; q++)
                {
                    var (real, imaginary) = (0.0, 0.0);
                    for (int j = 0, at = q + (interleaved * p); j < row.Length; j++, at += interleaved * part)
                    {
                        var (value, root) = (_from[at], row[j]);
                        real += (value.Real * root.Real) - (value.Imaginary * root.Imaginary);
                        imaginary += (value.Real * root.Imaginary) + (value.Imaginary * root.Real);
                    }

                    _to[q + (interleaved * ((factor * p) + k))] = new Complex(real, imaginary) * twiddle;
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
