using Newtonsoft.Json.Linq;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Losses.Surrogates;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Rl;

public sealed class TrlLossTests
{
    [ReferenceTheory("rl-and-rewards", "trl_grpo_losses")]
    public void Every_variant_has_the_published_loss_gradient_and_metrics(string @case)
    {
        var file = new RlCase(@case);
        var mask = file.Rows("mask");
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var options = (JObject)file.Json["defaults"]!.DeepClone();
            options.Merge(settings["options"]!);
            var loss = Loss(name, options);
            var objective = new PolicyObjective(loss)
            {
                Kl = (double)options["beta"]! == 0 ? null : KlEstimator.K3,
                KlTimesRatio = (bool)options["use_bias_correction_kl"]!,
                EntropyBonus = (double)options["entropy_coef"]!,
                OffPolicyLimit = (double?)options["off_policy_mask_threshold"],
            };
            var leaf = file.Leaf("lp");
            var advantages = file.Floats("advantages").unsqueeze(-1).expand(leaf.shape);
            var tokens = new PolicyTokens(leaf, file.Floats("old"), advantages, file.Floats("mask"))
            {
                ReferenceLogProbs = file.Floats("ref"),
                Entropies = file.Floats("entropy"),
                Learned = (double)options["top_entropy_quantile"]! is var share and < 1
                    ? HighEntropy(file, mask, share)
                    : null,
            };
            // Accumulation over pieces is a batch as many times as large; the number of tokens may be that of all
            // ranks.
            var counted = mask.Sum(row => row.Sum());
            var sizes = new TokenWeights(
                mask.Length * (double)options["grad_accum"]!,
                (double?)options["items"] ?? counted,
                (double)options["max_completion_length"]!);
            var weights = mask.SelectMany(row => row.Select(one => (float)(one * sizes.For(loss.Reduction, row.Sum()))))
                .ToArray();
            var total = objective.Compute(
                tokens, tensor(weights, device: CPU).view(leaf.shape), counted, (double)options["beta"]!);
            file.CheckLoss(settings, total, ("lp", leaf));
            CheckClipping(file, settings, loss, tokens, mask);
        }
    }

    [ReferenceTheory("rl-and-rewards", "trl_rloo_and_reward_losses")]
    public void Leave_one_out_and_reward_losses_agree(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            if (file.Has(name + ".lp"))
            {
                var leaf = file.Leaf(name + ".lp");
                var mask = file.Floats(name + ".mask");
                var tokens = new PolicyTokens(
                    leaf,
                    file.Floats(name + ".old"),
                    file.Floats(name + ".advantages").unsqueeze(-1).expand(leaf.shape),
                    mask);
                file.CheckLoss(
                    settings,
                    PolicyReduction.RowMeans(new RlooLoss((double)settings["eps"]!).PerToken(tokens), mask).mean(),
                    ("lp", leaf));
                continue;
            }

            var logits = file.Leaf(name + ".logits");
            var pairs = logits.size(0) / 2;
            var (chosen, rejected) = (
                logits.narrow(0, 0, pairs).squeeze(-1), logits.narrow(0, pairs, pairs).squeeze(-1));
            var margin = file.Has(name + ".margin") ? file.Floats(name + ".margin") : zeros(1);
            var loss = BradleyTerryLoss.PerPair(chosen, rejected, margin).mean();
            if ((double?)settings["center_coefficient"] is { } coefficient)
            {
                loss = loss + CentringPenalty.PerPair(chosen, rejected, coefficient).mean();
            }

            file.CheckLoss(settings, loss, ("logits", logits));
            file.Close(
                (double)settings["metrics"]!["accuracy"]!,
                RlCase.Values(chosen.gt(rejected).to(ScalarType.Float32).mean())[0],
                name + " accuracy");
        }
    }

    private static IPolicyLoss Loss(string name, JToken options)
    {
        var (low, high) = ((double)options["epsilon_low"]!, (double)options["epsilon_high"]!);
        var sequence = (string)options["importance_sampling_level"]! == "sequence";
        return (string)options["loss_type"]! switch
        {
            "grpo" when name.StartsWith("gmpo", StringComparison.Ordinal) => new GmpoLoss(low, high),
            "grpo" when sequence => new GspoLoss(low, high),
            "grpo" =>
                new GrpoLoss(
                    TokenReduction.SequenceMean, low, high, (double?)options["delta"] ?? double.PositiveInfinity),
            "bnpo" or "dapo" => new GrpoLoss(TokenReduction.TokenMean, low, high),
            "dr_grpo" => new GrpoLoss(TokenReduction.ConstantLength, low, high),
            "luspo" => new GspoLoss(low, high, LengthUnbiased: true),
            "cispo" => new CispoLoss(high, sequence),
            "sapo" => new SapoLoss((double)options["sapo_pos"]!, (double)options["sapo_neg"]!),
            "vespo" => new VespoLoss(),
            var other => throw new InvalidOperationException($"{name}: no loss {other}"),
        };
    }

    private static Tensor HighEntropy(RlCase file, double[][] mask, double share)
    {
        var rows = file.FloatRows("entropy");
        var threshold = EntropyFilter.ThresholdOfBatch(
            rows.SelectMany((row, b) => row.Where((_, t) => mask[b][t] > 0)), share);
        return file.Floats("entropy").ge(threshold);
    }

    // The published share of tokens beyond the clip, and of which side, from the range that the loss says it trusts.
    private static void CheckClipping(
        RlCase file, JToken settings, IPolicyLoss loss, PolicyTokens tokens, double[][] mask)
    {
        var logRatios = tokens.LogProbs - tokens.OldLogProbs;
        var means = (logRatios * tokens.Mask).sum(-1, keepdim: true) / tokens.Mask.sum(-1, keepdim: true);
        var ratios = RlCase.Values((loss.Clip.WholeSequence ? means.expand(logRatios.shape) : logRatios).exp());
        var advantages = file.Values("advantages");
        double low = 0, high = 0, count = 0;
        for (var b = 0; b < mask.Length; b++)
        {
            // One ratio per response is counted once per response.
            for (var t = 0; t < (loss.Clip.WholeSequence ? 1 : mask[b].Length); t++)
            {
                var ratio = ratios[(b * mask[b].Length) + t];
                low += mask[b][t] * (loss.Clip.IsClippedLow(ratio, advantages[b]) ? 1 : 0);
                high += mask[b][t] * (loss.Clip.IsClippedHigh(ratio, advantages[b]) ? 1 : 0);
                count += mask[b][t];
            }
        }

        (string, double)[] shares =
        [
            ("clip_ratio/low_mean", low),
            ("clip_ratio/high_mean", high),
            ("clip_ratio/region_mean", low + high),
            ("cispo_clip_ratio", high),
        ];
        foreach (var (metric, share) in shares)
        {
            if (settings["metrics"]![metric] is { } expected)
            {
                file.Close((double)expected, share / count, $"{settings["name"]} {metric}");
            }
        }
    }
}
