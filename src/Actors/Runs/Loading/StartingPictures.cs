using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>
/// How a model with a random start wants its pictures and videos: as its family, from four tokens on.
/// </summary>
internal static class StartingPictures
{
    /// <summary>The preprocessing of a family's pictures.</summary>
    public static PreprocessorConfig Of(VisionFamily family)
    {
        var published = family.ShowsTimes ? PreprocessorConfig.OfQwen3Videos : new PreprocessorConfig();
        var token = published.Factor * published.Factor;
        return published with { MinPixels = 4 * token, MaxPixels = 1280 * token };
    }

    /// <summary>Writes the files of a model's folder.</summary>
    public static void Write(string folder, VisionFamily family)
    {
        var videos = Of(family);
        PreprocessorFiles.Write(folder, videos with { Qwen3Video = false }, videos);
    }
}
