using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Models.Layers;

/// <summary>The frequency of each pair of a head, and what cosines and sines are multiplied by.</summary>
internal static class RotaryFrequencies
{
    /// <summary>Radians per position of the pairs 0 .. D/2-1, rounded to float32 as the published models do.</summary>
    internal static float[] Compute(RotaryConfig config, int headSize)
    {
        // This order of roundings is the published one: the angle grows with the position, and so does an error in it.
        var plain = Enumerable.Range(0, headSize / 2)
            .Select(j => 1f / (float)Math.Pow(config.Theta, 2.0 * j / headSize));
        return config.Kind switch
        {
            RotaryKind.Linear => [.. plain.Select(frequency => (float)(frequency / config.Factor))],
            RotaryKind.Yarn => Yarn(config, [.. plain], headSize),
            RotaryKind.Llama3 => [.. plain.Select(frequency => Llama3(config, frequency))],
            _ => [.. plain],
        };
    }

    /// <summary>The factor of cosines and sines: 1 but for YaRN. Attention scores grow by its square.</summary>
    internal static double Scaling(RotaryConfig config)
    {
        if (config.Kind != RotaryKind.Yarn)
        {
            return 1;
        }

        double Sharpening(double mscale) => config.Factor <= 1 ? 1 : (0.1 * mscale * Math.Log(config.Factor)) + 1;
        return config.AttentionFactor
            ?? (config is { Mscale: not (null or 0), MscaleAllDim: not (null or 0) }
                ? Sharpening(config.Mscale.Value) / Sharpening(config.MscaleAllDim.Value)
                : Sharpening(1));
    }

    private static float[] Yarn(RotaryConfig config, float[] plain, int headSize)
    {
        // The pair that turns this often over the original length, as a real number.
        double PairOf(double turns) =>
            headSize * Math.Log(config.OriginalPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(config.Theta));
        var low = PairOf(config.BetaFast);
        var high = PairOf(config.BetaSlow);
        if (config.Truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, headSize - 1);
        var width = low == high ? 0.001 : high - low;
        return [.. plain.Select((frequency, j) =>
        {
            var slowed = Math.Clamp((j - low) / width, 0, 1);
            return (float)((frequency / config.Factor * slowed) + (frequency * (1 - slowed)));
        })];
    }

    private static float Llama3(RotaryConfig config, float frequency)
    {
        var waves = config.OriginalPositions * frequency / (2 * Math.PI);
        var ramp = config.HighFrequencyFactor - config.LowFrequencyFactor;
        var kept = Math.Clamp((waves - config.LowFrequencyFactor) / ramp, 0, 1);
        return (float)(((1 - kept) * frequency / config.Factor) + (kept * frequency));
    }
}
