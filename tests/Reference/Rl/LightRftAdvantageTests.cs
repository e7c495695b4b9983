using R1Reward.Policy.Advantages;

namespace R1Reward.Reference.Tests.Rl;

public sealed class LightRftAdvantageTests
{
    [ReferenceTheory("rl-and-rewards", "lightrft_running_reward_norm")]
    public void Running_moments_normalise_rewards_as_the_published_code_does(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            var pipeline = new AdvantagePipeline(new AdvantageOptions
            {
                RewardNormalisation = name == "divide_only"
                    ? RewardNormalisation.Scale
                    : RewardNormalisation.Standardise,
                RewardClip = (double)settings["reward_clip"]!,
            });
            foreach (var (step, i) in settings["steps"]!.Select((step, i) => (step, i)))
            {
                // Stopped and resumed between batches.
                pipeline = new AdvantagePipeline(pipeline.Options, pipeline.RewardMoments);
                var samples = file.Tensors.Floats($"{name}.{i}.reward")
                    .Select((reward, row) => RlCase.Scored(row, 0, reward, [-1f])).ToList();
                var raw = pipeline.Estimate(samples, 0);
                file.Close(
                    file.Values($"{name}.{i}.sequence_return"),
                    [.. raw.Select(sample => sample.Return)],
                    $"{name}.{i}");
                file.Close((double)step["mean"]!, pipeline.RewardMoments.Mean, "mean");
                file.Close((double)step["std"]!, pipeline.RewardMoments.SampleDeviation, "deviation");
                Assert.Equal((double)step["count"]!, pipeline.RewardMoments.Count);
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_advantages")]
    public void Every_estimator_and_option_gives_the_published_advantages(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases.Where(one => (string)one.Settings["estimator"]! != "cpgd"))
        {
            new PublishedAdvantages(file, name, settings).Check();
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_advantages")]
    public void The_function_that_was_meant_for_cpgd_standardises_over_the_rows(string @case)
    {
        // As published it yields zeros, so no estimator goes by this name; what was meant are the moments of the rows.
        var file = new RlCase(@case);
        Assert.All(file.Rows("cpgd.advantages").SelectMany(row => row), value => Assert.Equal(0, value));
        var mask = file.Rows("cpgd.mask_after");
        var sums = file.Rows("cpgd_token_reward").Select(row => row.Sum()).ToArray();
        var moments = AdvantageMoments.From([sums]);
        double[][] Spread(Func<double, double> score) =>
            [.. mask.Select((row, b) => row.Select(counts => counts * score(sums[b])).ToArray())];
        file.Close(file.Rows("cpgd_intended.center"), Spread(sum => sum - moments.Mean), "centre");
        file.Close(
            file.Rows("cpgd_intended.STD_weight"),
            Spread(sum => (sum - moments.Mean) * moments.ReciprocalDeviation),
            "z-score");
        // The count that it divides by is always 1, so the weight is the number of rows, 3 at most.
        file.Close(
            file.Rows("cpgd_intended.clip_filter_like_weight"),
            Spread(sum => (sum - moments.Mean) * Math.Min(sums.Length, 3)),
            "weight");
    }
}
