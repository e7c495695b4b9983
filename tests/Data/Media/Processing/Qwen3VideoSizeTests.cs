using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Randomness;

namespace R1Reward.Data.Tests.Media.Processing;

/// <summary>
/// Qwen3-VL's size rule for frames, drawn at random around its bounds and worked out a second time in whole numbers.
/// </summary>
public sealed class Qwen3VideoSizeTests
{
    private const int Factor = 28;

    [Fact]
    public void Whether_the_bounds_hold_is_judged_by_groups_rounded_half_to_even()
    {
        var random = CounterRandom.For(3, "qwen3-sizes");
        var (reduced, enlarged, kept, odd) = (0, 0, 0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var frames = 2 + random.Next(9);
            var source = new PixelSize(Factor + random.Next(200), Factor + random.Next(2000));
            var size = new PixelSize(Nearest(source.Height), Nearest(source.Width));

            // 2 3 4 5 6 7 8 9 10 frames count as 2 4 4 4 6 8 8 8 10.
            var counted = frames % 2 == 0 ? frames : frames + (frames % 4 == 3 ? 1 : -1);
            var pixels = (long)counted * size.Height * size.Width;
            var bound = pixels + random.Next(3) - 1;
            var (min, max) = random.Next(2) == 0 ? (1L, bound) : (bound, long.MaxValue);

            var computed = SmartResize.Qwen3Video(frames, source, Factor, min, max);
            if (pixels > max)
            {
                reduced++;

                // The sides that still hold the most in all frames as they are, if no side is a single factor.
                var isFloor = computed.Height == Factor || computed.Width == Factor;
                Assert.True(isFloor || (long)frames * computed.Height * computed.Width <= max, $"{computed}");
                Assert.True((double)frames * (computed.Height + Factor) * (computed.Width + Factor) > max);
            }
            else if (pixels < min)
            {
                enlarged++;
                odd += counted < frames && computed != size ? 1 : 0;

                // The sides that just hold the least number of pixels in all frames as they are, and no factor less.
                Assert.True((long)frames * computed.Height * computed.Width >= min);
                Assert.True(
                    (double)frames * (computed.Height - Factor) * (computed.Width - Factor) < min, $"{computed}");
            }
            else
            {
                kept++;
                Assert.Equal(size, computed);
            }
        }

        Assert.All(new[] { reduced, enlarged, kept, odd }, count => Assert.True(count > 100, $"{count} cases"));
    }

    private static int Nearest(int side)
    {
        var (whole, rest) = (side / Factor, side % Factor);
        var up = rest > Factor / 2 || (rest == Factor / 2 && whole % 2 == 1);
        return (whole + (up ? 1 : 0)) * Factor;
    }
}
