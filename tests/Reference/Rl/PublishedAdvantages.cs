using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using R1Reward.Policy.Advantages;

namespace R1Reward.Reference.Tests.Rl;

/// <summary>
/// One sub-case of the published advantage pipeline. What that pipeline does once more or once less than ours is done
/// here: the discount that only the first micro-batch gets, the whitening of each micro-batch, the overlong penalty.
/// </summary>
internal sealed class PublishedAdvantages
{
    private readonly RlCase _file;
    private readonly string _name;
    private readonly JToken _settings;
    private readonly JToken _options;
    private readonly double[] _rewards;
    private readonly int[] _groups;
    private readonly AdvantageEstimator _estimator;

    internal PublishedAdvantages(RlCase file, string name, JToken settings)
    {
        (_file, _name, _settings, _options) = (file, name, settings, settings["options"]!);
        Lengths = [.. file.Rows("mask").Select(row => (int)row.Sum())];
        _rewards = [.. file.Values("reward").Select((reward, b) => reward + Penalty(Lengths[b]))];
        _groups = [.. Enumerable.Range(0, Lengths.Length).Select(b => b / (int)file.Json["group_size"]!)];
        _estimator = (string)settings["estimator"]! == "grpo"
            ? AdvantageEstimator.GroupNorm
            : Enum.Parse<AdvantageEstimator>(
                ((string)settings["estimator"]!).Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
    }

    private int[] Lengths { get; }

    private bool Whitens => (bool?)_options["advantages_norm"] == true && _estimator != AdvantageEstimator.GroupNorm;

    private double? Limit => (double?)_options["advantage_clip"];

    internal void Check()
    {
        _file.Close(
            _file.Values(_name + ".shaped"),
            GroupShaping.Shape(_estimator, _rewards, _groups, GroupDeviation.Sample),
            _name + ".shaped");
        var raw = Raw();
        _file.Close(
            _file.Values(_name + ".sequence_return"),
            [.. raw.Select(sample => sample.Return)],
            _name + ".sequence_return",
            Kept(raw));
        _file.Close(Cut(_name + ".returns"), [.. raw.Select(sample => sample.Returns)], _name + ".returns", Kept(raw));
        CheckDropped(raw);
        if (Whitens)
        {
            raw = Whitened(raw);
        }

        var normalised = Normalised(raw);
        var published =
            _estimator is AdvantageEstimator.Gae or AdvantageEstimator.Reinforce or AdvantageEstimator.ReinforceBaseline
                ? normalised
                : raw;
        _file.Close(
            Cut(_name + ".advantages"),
            [.. published.Select(sample => sample.Advantages)],
            _name + ".advantages",
            Kept(raw));
        if (_file.Has(_name + ".advantages_buffer_normalised"))
        {
            _file.Close(
                Cut(_name + ".advantages_buffer_normalised"), InTheBuffer(), _name + " in the buffer", Kept(raw));
        }
    }

    // The second normaliser: what the first one left at padding is in its mean.
    private double[][] InTheBuffer()
    {
        var (rows, cut) = (_file.Rows(_name + ".advantages"), Cut(_name + ".advantages"));
        var count = cut.Sum(row => row.Length);
        var mean = rows.Sum(row => row.Sum()) / count;
        var moments = new AdvantageMoments(
            count, mean, cut.Sum(row => row.Sum(value => (value - mean) * (value - mean))));
        return [.. cut.Select(row => AdvantageFilter.Apply(AdvantageFilterRule.None, row, moments, out _))];
    }

    private static Func<int, bool> Kept(IReadOnlyList<TraceAdvantage> raw) => row => !raw[row].Dropped;

    private AdvantageOptions Options(double gamma) => new()
    {
        Estimator = _estimator,
        Gamma = gamma,
        Lambda = (double)_settings["lambda"]!,
        RewardClip = (double?)_options["reward_clip"],
        DropEqualGroups = (bool?)_options["dynamic_sampling"] == true,
        AdvantageClip = Whitens ? null : Limit,
        Filter = AdvantageFilterRule.None,
        Batch = (bool)_settings["center_only"]! ? BatchNormalisation.Centre : BatchNormalisation.Standardise,
    };

    private List<TraceAdvantage> Raw()
    {
        ScoredTrace[] traces = [.. _rewards.Select((reward, b) =>
            RlCase.Scored(b, _groups[b], reward, _file.FloatRows("lp")[b][..Lengths[b]]))];
        var reference = Floats("ref");
        var values = Floats("values");
        var coefficient = (double)_file.Json["kl_coef"]!;
        var gamma = _estimator == AdvantageEstimator.ReinforceBaseline ? 1 : (double)_settings["gamma"]!;
        var discounted = new AdvantagePipeline(Options(gamma)).Estimate(traces, coefficient, reference, values);
        var undiscounted = new AdvantagePipeline(Options(1)).Estimate(traces, coefficient, reference, values);
        var all = (bool)_settings["discount_kept_for_all_micro_batches"]!;
        return [.. discounted.Select((sample, b) =>
            all || b < (int)_file.Json["micro_batch"]! ? sample : undiscounted[b])];
    }

    private List<ImmutableArray<float>> Floats(string name) =>
        [.. _file.FloatRows(name).Select((row, b) => row[..Lengths[b]].ToImmutableArray())];

    private List<TraceAdvantage> Whitened(List<TraceAdvantage> raw) =>
        [.. raw.Chunk((int)_file.Json["micro_batch"]!).SelectMany(piece =>
        {
            var moments = AdvantageMoments.From([.. piece.Select(sample => sample.Advantages)]);
            var limit = Limit ?? double.PositiveInfinity;
            return piece.Select(sample => sample with
            {
                Advantages = Array.ConvertAll(
                    sample.Advantages,
                    value => Math.Clamp((value - moments.Mean) / (moments.SampleDeviation + 1e-8), -limit, limit)),
            });
        })];

    private IReadOnlyList<TraceAdvantage> Normalised(List<TraceAdvantage> raw)
    {
        // Ours leaves group_norm as it is, whatever it is called; published, one of its two names is normalised again.
        var moments = AdvantageMoments.From(
            [.. raw.Where(sample => !sample.Dropped).Select(sample => sample.Advantages)]);
        return new AdvantagePipeline(Options(1)).Normalise(raw, moments).Traces;
    }

    // Published, a group of rewards all 0 or all 1 is masked; here every group without spread is left out.
    private void CheckDropped(List<TraceAdvantage> raw)
    {
        var after = _file.Rows(_name + ".mask_after");
        foreach (var group in Enumerable.Range(0, raw.Count).GroupBy(b => _groups[b]))
        {
            var flat = (bool?)_options["dynamic_sampling"] == true
                && group.All(b => _rewards[b].Equals(_rewards[group.First()]));
            Assert.All(group, b => Assert.Equal(flat, raw[b].Dropped));
            if (!flat || _rewards[group.First()] is 0 or 1)
            {
                Assert.All(group, b => Assert.Equal(raw[b].Dropped, after[b].Sum() == 0));
            }
        }
    }

    private double Penalty(int length)
    {
        if ((bool?)_options["overlong_buffer"] != true)
        {
            return 0;
        }

        var buffer = (double)_options["overlong_buffer_len"]!;
        var over = length - ((double)_file.Json["max_new_tokens"]! - buffer);
        return Math.Min(0, -over / buffer * (double)_options["overlong_buffer_penalty_factor"]!);
    }

    private double[][] Cut(string tensor) => [.. _file.Rows(tensor).Select((row, b) => row[..Lengths[b]])];
}
