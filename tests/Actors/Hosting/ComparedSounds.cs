using R1Reward.Data.Media.Sound;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Comparisons of short tones in LightRFT's generic lines.</summary>
internal static class ComparedSounds
{
    private const int Rate = 16_000;

    /// <summary>Writes so many pairs with sounds of a quarter of a second, and returns the file of pairs.</summary>
    internal static string Write(string folder, int pairs)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i <= pairs; i++)
        {
            double[] tone = [.. Enumerable.Range(0, Rate / 4).Select(at => Math.Sin(at * (i + 1) * 0.1) / 2)];
            File.WriteAllBytes(Path.Combine(folder, $"{i}.wav"), WavWriter.Encode(tone, Rate));
        }

        var path = Path.Combine(folder, "pairs.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, pairs).Select(i =>
            $$"""{"prompt":"tone {{i}}","audio_0":"{{i}}.wav","audio_1":"{{i + 1}}.wav","preference":"A"}"""));
        return path;
    }
}
