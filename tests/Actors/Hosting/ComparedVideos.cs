using R1Reward.Data.Media.Png;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Comparisons of small videos in LightRFT's generic lines; each video is a folder of frames.</summary>
internal static class ComparedVideos
{
    private const int Side = 64;
    private const int Frames = 5;

    /// <summary>Writes so many pairs and their videos, and returns the file of pairs.</summary>
    internal static string Write(string folder, int pairs)
    {
        for (var video = 0; video <= pairs; video++)
        {
            var own = Path.Combine(folder, $"{video}");
            Directory.CreateDirectory(own);
            for (var frame = 0; frame < Frames; frame++)
            {
                byte[] rgb = [.. Enumerable.Repeat((byte)((30 * video) + frame), 3 * Side * Side)];
                File.WriteAllBytes(Path.Combine(own, $"{frame}.png"), PngWriter.Encode(rgb, Side, Side));
            }
        }

        const string labels = """ "preference":"A","coherence":"B","alignment":"C" """;
        var path = Path.Combine(folder, "pairs.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, pairs).Select(i =>
            $$"""{"prompt":"darker {{i}}","video_0":"{{i}}","video_1":"{{i + 1}}",{{labels}}}"""));
        return path;
    }
}
