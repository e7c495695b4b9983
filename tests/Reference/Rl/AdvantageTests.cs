using System.Collections.Immutable;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;

namespace R1Reward.Reference.Tests.Rl;

public sealed class AdvantageTests
{
    [ReferenceTheory("rl-and-rewards", "r1_kl_and_token_reward")]
    public void Kl_and_token_rewards_equal_the_published_code(string @case)
    {
        var fixture = new RlCase(@case);
        var (lp, reference) = (fixture.Tensors.Rows("lp"), fixture.Tensors.Rows("ref"));
        var (mask, hole) = (fixture.Rows("mask"), fixture.Rows("mask_with_hole"));
        var reward = fixture.Tensors.Floats("reward");
        double[][] Kl(KlEstimator estimator, double[][]? counted) =>
            [.. lp.Select((row, b) => TokenRewards.Kl(estimator, row, reference[b], counted?[b] ?? []))];

        fixture.Close(fixture.Rows("kl_k1"), Kl(KlEstimator.K1, mask), "k1");
        fixture.Close(fixture.Rows("kl_k1_nomask"), Kl(KlEstimator.K1, null), "k1 without mask");
        fixture.Close(fixture.Rows("kl_k3"), Kl(KlEstimator.K3, mask), "k3");
        fixture.Close(fixture.Rows("kl_k3_nomask"), Kl(KlEstimator.K3, null), "k3 without mask");

        double[][] Compose(double[][] kl, double coefficient, double? clip, double[][] counted) =>
            [.. kl.Select((row, b) => TokenRewards.Compose(row, reward[b], coefficient, clip, counted[b]))];

        foreach (var one in fixture.Json["cases"]!)
        {
            var clip = one["clip"]!.HasValues ? (double?)one["clip"]![1] : null;
            var composed = Compose(Kl(KlEstimator.K1, mask), (double)one["kl_coef"]!, clip, mask);
            fixture.Close(fixture.Rows((string)one["name"]!), composed, (string)one["name"]!);
        }

        var coefficient = (double)fixture.Json["kl_coef_packed_and_hole"]!;
        // The divergence is masked when it is computed, not when it is composed: only the place of the reward follows
        // the hole.
        fixture.Close(
            fixture.Rows("token_reward_hole"),
            Compose(Kl(KlEstimator.K1, mask), coefficient, 10, hole),
            "hole in the mask");

        var packedKl = fixture.Tensors.Floats("packed_kl");
        var packed = new List<double>();
        foreach (var (length, b) in fixture.Json["packed_lengths"]!.Select((length, b) => ((int)length, b)))
        {
            var kl = packedKl.Skip(packed.Count).Take(length).Select(v => (double)v).ToArray();
            packed.AddRange(TokenRewards.Compose(kl, reward[b], coefficient, 10));
        }

        fixture.Close([.. fixture.Tensors.Floats("packed_token_reward").Select(v => (double)v)], packed, "packed");
    }

    [ReferenceTheory("rl-and-rewards", "r1_kl_and_token_reward")]
    public void Moments_equal_the_published_masked_helpers(string @case)
    {
        var fixture = new RlCase(@case);
        var (x, mask) = (fixture.Rows("x"), fixture.Rows("mask"));

        // Ours keeps no padding, so that no mask is needed: what counts is cut out first.
        double[] Counted(int b) => [.. x[b].Where((_, t) => mask[b][t] != 0)];
        var moments = AdvantageMoments.From([.. x.Select((_, b) => Counted(b))]);
        fixture.Close((double)fixture.Json["masked_mean_all"]!, moments.Mean, "mean of all");
        var rows = fixture.Tensors.Floats("masked_mean_rows");
        for (var b = 0; b < x.Length; b++)
        {
            fixture.Close(rows[b], AdvantageMoments.From([Counted(b)]).Mean, $"mean of row {b}");
        }

        // Published, values that do not count are taken as 0 and shifted like the others.
        double Standardised(double value) => (value - moments.Mean) * moments.ReciprocalDeviation;
        fixture.Close(
            fixture.Rows("masked_normalize_all"),
            [.. x.Select((row, b) => row.Select((value, t) => Standardised(value * mask[b][t])).ToArray())],
            "standardised");
    }

    [ReferenceTheory("rl-and-rewards", "r1_advantages")]
    public void Every_estimator_equals_the_published_pipeline(string @case)
    {
        var fixture = new RlCase(@case);
        var mask = fixture.Rows("mask");
        var groupSize = (int)fixture.Json["group_size"]!;
        foreach (var one in fixture.Json["cases"]!)
        {
            var name = (string)one["name"]!;
            var pipeline = new AdvantagePipeline(new AdvantageOptions
            {
                Estimator = Named<AdvantageEstimator>((string)one["estimator"]!),
                Gamma = (double)one["gamma"]!,
                Lambda = (double?)one["lambda"] ?? 1,
                Kl = Named<KlEstimator>((string)one["kl"]!),
                RewardClip = (double)fixture.Json["reward_clip"]![1]!,
            });
            var inputs = Read(fixture, "", mask, groupSize);
            var coefficient = (double)fixture.Json["kl_coef"]!;
            var raw = pipeline.Estimate(inputs.Traces, coefficient, inputs.Reference, inputs.Values);
            fixture.Close(
                Cut(fixture.Rows(name + ".advantages"), mask),
                [.. raw.Select(s => s.Advantages)],
                name + ".advantages");
            fixture.Close(
                Cut(fixture.Rows(name + ".returns"), mask), [.. raw.Select(s => s.Returns)], name + ".returns");
            fixture.Close(
                [.. fixture.Tensors.Floats(name + ".sequence_return").Select(v => (double)v)],
                [.. raw.Select(s => s.Return)],
                name);
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_advantage_filter")]
    public void Both_filter_rules_equal_the_published_and_the_paper_rule(string @case)
    {
        var fixture = new RlCase(@case);
        foreach (var one in fixture.Json["cases"]!.Where(c => c["rows_per_rank"] is null))
        {
            var name = (string)one["name"]!;
            var lengths = fixture.Tensors.Integers(name + ".lengths");
            var mask = Array.ConvertAll(fixture.Rows(name + ".lp"), row => new double[row.Length]);
            for (var b = 0; b < mask.Length; b++)
            {
                Array.Fill(mask[b], 1.0, 0, (int)lengths[b]);
            }

            (AdvantageFilterRule, string)[] rules =
                [(AdvantageFilterRule.Reference, "code"), (AdvantageFilterRule.Paper, "paper")];
            foreach (var (rule, expected) in rules)
            {
                var options = new AdvantageOptions { Gamma = (double)fixture.Json["gamma"]!, Filter = rule };
                var inputs = Read(fixture, name + ".", mask, 1);
                var coefficient = (double)fixture.Json["kl_coef"]!;
                var pipeline = new AdvantagePipeline(options);
                var batch = pipeline.Compute(inputs.Traces, coefficient, inputs.Reference, inputs.Values);
                var raw = pipeline.Estimate(inputs.Traces, coefficient, inputs.Reference, inputs.Values);

                fixture.Close(
                    Cut(fixture.Rows(name + ".advantages_before"), mask),
                    [.. raw.Select(s => s.Advantages)],
                    name + " before");
                fixture.Close(
                    Cut(fixture.Rows($"{name}.advantages_{expected}_rule"), mask),
                    [.. batch.Traces.Select(s => s.Advantages)],
                    $"{name} {expected}");
                fixture.Close((double)one["mean"]!, batch.Stats.Mean, name + " mean");
                fixture.Close(
                    (double)one["reciprocal_std"]!, 1 / batch.Stats.Deviation, name + " reciprocal deviation");
                Assert.Equal((int)one["tokens"]!, batch.Stats.Tokens);
                Assert.Equal(
                    (int)one[$"zeroed_by_{expected}_rule"]!,
                    (int)Math.Round(batch.Stats.FilteredShare * batch.Stats.Tokens));
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_advantage_filter")]
    public void Ranks_share_one_mean_and_deviation(string @case)
    {
        var fixture = new RlCase(@case);
        foreach (var one in fixture.Json["cases"]!.Where(c => c["rows_per_rank"] is not null))
        {
            var name = (string)one["name"]!;
            var ranks = Enumerable.Range(0, one["rows_per_rank"]!.Count())
                .Select(rank => Raw(fixture, $"{name}.{rank}")).ToArray();
            var moments = AdvantageMoments.Combine(
                ranks.Select(rows => AdvantageMoments.From([.. rows.Select(s => s.Advantages)])));
            fixture.Close((double)one["mean"]!, moments.Mean, "mean");
            fixture.Close((double)one["reciprocal_std"]!, moments.ReciprocalDeviation, "reciprocal deviation");
            var pipeline = new AdvantagePipeline(new AdvantageOptions { Filter = AdvantageFilterRule.Reference });
            for (var rank = 0; rank < ranks.Length; rank++)
            {
                var lengths = fixture.Tensors.Integers($"{name}.{rank}.lengths");
                double[][] expected = [.. fixture.Rows($"{name}.{rank}.advantages_code_rule").Select((row, b) =>
                    row[..(int)lengths[b]])];
                fixture.Close(
                    expected,
                    [.. pipeline.Normalise(ranks[rank], moments).Traces.Select(s => s.Advantages)],
                    $"rank {rank}");
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_kl_controllers")]
    public void Kl_controllers_equal_the_published_ones(string @case)
    {
        var fixture = new RlCase(@case);
        foreach (var one in fixture.Json["cases"]!)
        {
            var target = (string)one["kind"]! == "adaptive" ? (double?)one["target"] : null;
            var controller = new KlController(new KlOptions
            {
                Initial = (double)one["init"]!, Target = target, Horizon = (double?)one["horizon"] ?? 1,
            });
            foreach (var step in one["steps"] ?? Enumerable.Empty<Newtonsoft.Json.Linq.JToken>())
            {
                controller.Update((double)step["kl"]!, (int)one["n_steps"]!);
                fixture.Close((double)step["coef_after"]!, controller.Coefficient, "adaptive");
            }

            if (one["after_10_updates"] is { } fixedAfter)
            {
                for (var i = 0; i < 10; i++)
                {
                    controller.Update(i, 256);
                }

                Assert.Equal((double)fixedAfter, controller.Coefficient);
            }
        }
    }

    private static T Named<T>(string name)
        where T : struct, Enum => Enum.Parse<T>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    private static double[][] Cut(double[][] rows, double[][] mask) =>
        [.. rows.Select((row, b) => row[..(int)mask[b].Sum()])];

    private static List<TraceAdvantage> Raw(RlCase fixture, string name)
    {
        var lengths = fixture.Tensors.Integers(name + ".lengths");
        return [.. fixture.Rows(name + ".advantages_before").Select((row, b) =>
            new TraceAdvantage($"{b}", row[..(int)lengths[b]], row[..(int)lengths[b]], 0, 0))];
    }

    private static Inputs Read(RlCase fixture, string prefix, double[][] mask, int groupSize)
    {
        List<ImmutableArray<float>> Counted(string name) =>
            [.. fixture.Tensors.Rows(prefix + name).Select((row, b) => row[..(int)mask[b].Sum()].ToImmutableArray())];
        var reward = fixture.Tensors.Floats(prefix + "reward");
        return new Inputs(
            [.. Counted("lp").Select((row, b) => RlCase.Scored(b, b / groupSize, reward[b], [.. row]))],
            Counted("ref"),
            fixture.Tensors.Contains(prefix + "values") ? Counted("values") : null);
    }

    private sealed record Inputs(
        IReadOnlyList<ScoredTrace> Traces,
        IReadOnlyList<ImmutableArray<float>> Reference,
        IReadOnlyList<ImmutableArray<float>>? Values);
}
