using R1Reward.Data.Media;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Media;

/// <summary>Pictures stored as tensors.</summary>
internal static class Pixels
{
    /// <summary>A tensor of height x width x 3 levels.</summary>
    internal static RgbImage Picture(this TensorFile file, string name)
    {
        var shape = file.Shape(name);
        return new RgbImage(shape[1], shape[0], file.Bytes(name));
    }

    /// <summary>A tensor of frames x height x width x 3 levels.</summary>
    internal static IReadOnlyList<RgbImage> Frames(this TensorFile file, string name)
    {
        var shape = file.Shape(name);
        var frames = file.Bytes(name).Chunk(shape[1] * shape[2] * 3);
        return [.. frames.Select(rgb => new RgbImage(shape[2], shape[1], rgb))];
    }

    /// <summary>The largest difference of a level; the sizes must be equal.</summary>
    internal static int LevelsApart(RgbImage one, RgbImage other) => one.Size == other.Size
        ? one.Rgb.Zip(other.Rgb).Max(pair => Math.Abs(pair.First - pair.Second))
        : int.MaxValue;

    /// <summary>The largest difference of two lists of numbers; the lengths must be equal.</summary>
    internal static double Apart(IReadOnlyList<float> one, IReadOnlyList<float> other) => one.Count == other.Count
        ? one.Zip(other).Max(pair => Math.Abs((double)pair.First - pair.Second))
        : double.PositiveInfinity;
}
