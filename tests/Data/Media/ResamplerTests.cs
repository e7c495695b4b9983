using R1Reward.Data.Media.Sound;

namespace R1Reward.Data.Tests.Media;

public sealed class ResamplerTests
{
    /// <summary>A tone of the pass band keeps its samples, away from the ends of the sound.</summary>
    [Theory]
    [InlineData(8_000, 3_000)]
    [InlineData(22_050, 7_000)]
    [InlineData(44_100, 440)]
    [InlineData(48_000, 7_200)]
    [InlineData(44_101, 6_000)]
    public void A_tone_that_both_rates_hold_is_the_same_tone(int rate, double hertz)
    {
        var source = new Waveform([.. SampleSounds.Tone(rate, 0.5, hertz).Select(value => (float)value)], rate);
        var expected = SampleSounds.Tone(16_000, 0.5, hertz);

        var samples = Resampler.To(source, 16_000).Samples;

        Assert.Equal(expected.Length, samples.Length);
        Assert.All(Enumerable.Range(2_000, 4_000), i => Assert.Equal(expected[i], samples[i], 2e-5));
    }

    [Fact]
    public void A_tone_above_half_the_new_rate_is_gone()
    {
        var source = new Waveform([.. SampleSounds.Tone(48_000, 0.5, 8_100).Select(value => (float)value)], 48_000);

        Assert.All(
            Resampler.To(source, 16_000).Samples.Skip(2_000).Take(4_000), sample => Assert.Equal(0, sample, 2e-5));
    }
}
