using R1Reward.Data.Media.Sound;
using R1Reward.Data.Randomness;

namespace R1Reward.Data.Scenes;

/// <summary>
/// Plays scenes: one cell after the other in reading order, each for the same time. A cell without an object is silent;
/// the pitch of a tone says the colour of its object, and how the tone goes on the shape.
/// </summary>
public static class SceneSound
{
    /// <summary>Seconds of a cell: three audio tokens of the Qwen models.</summary>
    public const double CellSeconds = 0.12;

    private const int Rate = 4000;
    private const int CellSamples = (int)(CellSeconds * Rate);
    private const double Loudness = 0.6;

    // Of a tone's beginning and end, so that it does not crack.
    private const int Fade = Rate / 200;

    private static readonly double[] _pitches = [260, 450, 780, 1350];

    /// <summary>The scene as a WAV file.</summary>
    public static byte[] Play(Scene scene)
    {
        var samples = new double[scene.Grid * scene.Grid * CellSamples];
        foreach (var heard in scene.Objects)
        {
            var first = ((heard.Cell.Row * scene.Grid) + heard.Cell.Column) * CellSamples;
            Tone(_pitches[(int)heard.Colour], heard.Shape, samples.AsSpan(first, CellSamples));
        }

        return WavWriter.Encode(samples, Rate);
    }

    /// <summary>A WAV file as long as a scene in which nothing is to be heard but noise.</summary>
    public static byte[] Noise(int grid, CounterRandom random)
    {
        var samples = new double[grid * grid * CellSamples];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = Loudness * ((2 * random.NextDouble()) - 1);
        }

        return WavWriter.Encode(samples, Rate);
    }

    private static void Tone(double pitch, SceneShape shape, Span<double> samples)
    {
        var turns = 0.0;
        for (var i = 0; i < samples.Length; i++)
        {
            var part = i / (double)samples.Length;
            turns += pitch * Bend(shape, part) / Rate;
            var edge = Math.Min(1, Math.Min(i + 1, samples.Length - i) / (double)Fade);
            samples[i] = Loudness * edge * Strength(shape, part) * Math.Sin(2 * Math.PI * turns);
        }
    }

    /// <summary>How much higher than its pitch a tone is after a part of its time.</summary>
    private static double Bend(SceneShape shape, double part) => shape switch
    {
        SceneShape.Triangle => 0.85 + (0.45 * part),
        SceneShape.Star => part * 4 % 1 < 0.5 ? 1 : 1.25,
        _ => 1,
    };

    /// <summary>How strong a tone is after a part of its time: that of a square is two short ones.</summary>
    private static double Strength(SceneShape shape, double part) =>
        shape == SceneShape.Square && part * 2 % 1 > 0.5 ? 0 : 1;
}
