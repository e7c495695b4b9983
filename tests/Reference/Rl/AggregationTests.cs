using Newtonsoft.Json.Linq;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;

namespace R1Reward.Reference.Tests.Rl;

public sealed class AggregationTests
{
    [ReferenceTheory("rl-and-rewards", "flow_advantages")]
    public void Several_rewards_become_the_published_advantages(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            var layout = name.Split('.')[0];
            var rewards = settings["rewards"]!.Select(reward => (string)reward!).ToList();
            double[] weights = [.. rewards.Select(reward => (double)settings["weights"]![reward]!)];
            var columns = rewards.Select(reward => file.Values($"{layout}.reward.{reward}")).ToList();
            var terms = Enumerable.Range(0, columns[0].Length)
                .Select(i => (IReadOnlyList<double>)columns.Select(column => column[i]).ToArray()).ToList();
            int[] groups = [.. file.Tensors.Integers(layout + ".group").Select(group => (int)group)];
            var deviation = (bool)settings["global_std"]! ? GroupDeviation.BatchPopulation : GroupDeviation.Population;
            var sums = TermAggregation.Sum(terms, weights);
            var advantages = (string)settings["aggregation"]! == "gdpo"
                ? TermAggregation.Gdpo(terms, weights, groups, deviation)
                : GroupShaping.Shape(AdvantageEstimator.GroupNorm, sums, groups, deviation);
            file.Close(file.Values(name), advantages, name);
            file.Close(file.Values(name + ".gathered"), advantages, name + ".gathered");
            file.Close(
                (double?)settings["metrics"]!["train/reward_mean"] ?? sums.Average(), sums.Average(), name + " mean");
        }
    }

    [ReferenceTheory("rl-and-rewards", "trl_advantages")]
    public void Group_relative_and_leave_one_out_advantages_agree(string @case)
    {
        const double epsilon = 1e-4;
        var file = new RlCase(@case);
        var groupSize = (int)file.Json["group_size"]!;
        foreach (var (name, settings) in file.Cases)
        {
            double[] weights = [.. settings["weights"]!.Select(weight => (double)weight)];
            var terms = file.Rows((string)settings["rewards"]!)
                .Select(row =>
                    (IReadOnlyList<double>)Array.ConvertAll(row, value => value == -999 ? double.NaN : value)).ToList();
            int[] groups = [.. Enumerable.Range(0, terms.Count).Select(i => i / groupSize)];
            var advantages = settings["scale_rewards"] is null
                ? LeaveOneOut(file, settings, TermAggregation.Sum(terms, weights), groups)
                : (string)settings["aggregation"]! == "normalize_then_sum"
                    ? TermAggregation.Gdpo(terms, weights, groups, GroupDeviation.Sample, epsilon)
                    : GroupShaping.Shape(
                        (string)settings["scale_rewards"]! == "none"
                            ? AdvantageEstimator.DrGrpo
                            : AdvantageEstimator.GroupNorm,
                        TermAggregation.Sum(terms, weights),
                        groups,
                        (string)settings["scale_rewards"]! == "batch"
                            ? GroupDeviation.BatchSample
                            : GroupDeviation.Sample,
                        epsilon);
            file.Close(file.Values(name), advantages, name);
        }
    }

    // Published order: cut, divergence of the whole response, leave-one-out, standardisation over the batch.
    private static double[] LeaveOneOut(RlCase file, JToken settings, double[] rewards, int[] groups)
    {
        if (settings["reward_clip"] is JArray clip)
        {
            rewards = Array.ConvertAll(rewards, reward => Math.Clamp(reward, (double)clip[0], (double)clip[1]));
        }

        var (old, reference, mask) = (file.FloatRows("rloo.old"), file.FloatRows("rloo.ref"), file.Rows("rloo.mask"));
        double Kl(int i) => TokenRewards.Kl(KlEstimator.K1, old[i], reference[i], mask[i]).Sum();
        rewards = [.. rewards.Select((reward, i) => reward - ((double)settings["beta"]! * Kl(i)))];
        var shaped = GroupShaping.Shape(AdvantageEstimator.Rloo, rewards, groups, GroupDeviation.Sample);
        if (!(bool)settings["normalize_advantages"]!)
        {
            return shaped;
        }

        // A row without a reward, or whose companions have none, is in no moment and stays 0.
        bool[] compared = [.. rewards.Select((reward, i) =>
            !double.IsNaN(reward)
                && Enumerable.Range(0, rewards.Length)
                    .Any(j => j != i && groups[j] == groups[i] && !double.IsNaN(rewards[j])))];
        var moments = AdvantageMoments.From([[.. shaped.Where((_, i) => compared[i])]]);
        return [.. shaped.Select((value, i) =>
            compared[i] ? (value - moments.Mean) / (moments.SampleDeviation + 1e-4) : 0)];
    }
}
