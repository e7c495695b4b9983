using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;

namespace R1Reward.Data.Tests.Evaluation;

public sealed class CalibrationTests
{
    [Fact]
    public void The_error_is_the_distance_of_confidence_and_accuracy_weighted_by_pairs()
    {
        var found = Calibration.Compute(
        [
            (0.9, PreferenceLabel.First),
            (0.1, PreferenceLabel.First),     // 0.9 for the second response: wrong
            (0.6, PreferenceLabel.First),
            (0.4, PreferenceLabel.Second),
            (null, PreferenceLabel.First),
            (0.7, PreferenceLabel.Tie),
        ])!;
        Assert.Equal(4, found.Pairs);
        Assert.Equal(0.4, found.Error, 1e-12);
        Assert.Equal([(2, 0.6, 1.0), (2, 0.9, 0.5)], found.Bins.Select(
            bin => (bin.Pairs, Math.Round(bin.Confidence, 9), bin.Accuracy)));
        Assert.Equal([(0.55, 0.6), (0.85, 0.9)], found.Bins.Select(
            bin => (Math.Round(bin.From, 9), Math.Round(bin.To, 9))));
    }

    [Fact]
    public void A_judge_that_is_right_as_often_as_it_says_has_little_error()
    {
        var random = CounterRandom.For(3, "calibration");
        (double?, PreferenceLabel?) Pair()
        {
            var first = random.NextDouble();
            return (first, random.NextDouble() < first ? PreferenceLabel.First : PreferenceLabel.Second);
        }

        var pairs = Enumerable.Range(0, 20_000).Select(_ => Pair()).ToList();
        Assert.True(Calibration.Compute(pairs)!.Error < 0.02);
        var sure = pairs.Select(pair => ((double?)(pair.Item1 > 0.5 ? 1 : 0), pair.Item2));
        Assert.Equal(0.25, Calibration.Compute(sure)!.Error, 0.02);
    }

    [Fact]
    public void Even_probabilities_are_half_right() =>
        Assert.Equal(0, Calibration.Compute([(0.5, PreferenceLabel.Second)])!.Error);

    [Fact]
    public void Without_a_probability_nothing_is_known() =>
        Assert.Null(Calibration.Compute([(null, PreferenceLabel.First)]));
}
