using Newtonsoft.Json.Linq;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Losses.Values;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Rl;

public sealed class LightRftLossTests
{
    [ReferenceTheory("rl-and-rewards", "lightrft_policy_losses")]
    public void Policy_and_value_losses_agree_with_the_published_code(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            if (file.Has(name + ".values"))
            {
                var values = file.Leaf(name + ".values");
                var loss = ValueLoss.Compute(
                    values,
                    file.Floats(name + ".old_values"),
                    file.Floats(name + ".returns"),
                    file.Floats(name + ".mask"),
                    (double?)settings["value_clip"]);
                file.CheckLoss(settings, loss, ("values", values));
            }
            else if (settings["kl_coef"] is { } coefficient)
            {
                CheckDivergence(file, name, settings, (double)coefficient);
            }
            else
            {
                CheckSurrogate(file, name, settings);
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_pair_losses")]
    public void Pair_losses_agree_and_do_not_overflow(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var (chosen, rejected) = (file.Leaf(name + ".chosen"), file.Leaf(name + ".rejected"));
            var loss = PublishedLoss((string)settings["loss_type"]!, (double)settings["margin_passed"]!);
            file.CheckLoss(settings, loss.PerPair(chosen, rejected).mean(), ("chosen", chosen), ("rejected", rejected));
        }

        using var inner = NewDisposeScope();
        const float gap = 95;
        Assert.Equal(
            (float)file.Json["published_on_gap_95"]!["sigmoid"]!,
            RlCase.Values(new LogExpLoss().PerPair(zeros(1), full(1, gap)))[0],
            1e-3);
    }

    /// <summary>The loss of a published name; one of the three takes the margin into account.</summary>
    internal static IPairLoss PublishedLoss(string name, double margin) => name switch
    {
        "sigmoid" => new BradleyTerryLoss(margin),
        "logexp" => new LogExpLoss(),
        "hps" => new HpsLoss(),
        _ => throw new InvalidOperationException(name),
    };

    private static void CheckSurrogate(RlCase file, string name, JToken settings)
    {
        var leaf = file.Leaf(name + ".lp");
        var mask = file.Floats(name + ".mask");
        if ((double)settings["high_entropy_ratio"]! is var share and > 0)
        {
            var logProbs = file.Floats(name + ".logits").log_softmax(-1);
            var entropies = (logProbs.exp() * logProbs).sum(-1).neg();
            file.Close(name + ".entropy", entropies);
            mask = HighEntropy(file.FloatRows(name + ".mask"), RlCase.Values(entropies), share);
            file.Close(name + ".entropy_mask", mask);
        }

        var epsilon = (double)settings["eps_clip"]!;
        IPolicyLoss loss = (bool)settings["cpgd"]! ? new CpgdLoss(epsilon) : new PpoClipLoss(epsilon);
        var perToken = loss.PerToken(
            new PolicyTokens(leaf, file.Floats(name + ".old"), file.Floats(name + ".adv"), mask));
        file.CheckLoss(settings, PolicyReduction.RowMeans(perToken, mask).mean(), ("lp", leaf));
    }

    private static void CheckDivergence(RlCase file, string name, JToken settings, double coefficient)
    {
        var kl = name[^2..] switch
        {
            "k1" => KlEstimator.K1,
            "k2" => KlEstimator.K2,
            "k3" => KlEstimator.K3,
            _ => throw new InvalidOperationException(name),
        };
        string[] inputs = [.. ((string)settings["inputs"]!).Split(", ")];
        var leaf = file.Leaf(inputs[0]);
        var mask = file.Floats(inputs[3]);
        var tokens = new PolicyTokens(leaf, file.Floats(inputs[1]), file.Floats(inputs[2]), mask)
        {
            ReferenceLogProbs = file.Floats(inputs[4]),
        };
        file.Close($"kl.{name[^2..]}", KlDivergence.Estimate(kl, (leaf - tokens.ReferenceLogProbs) * mask));
        var weights = mask / mask.sum(-1, keepdim: true) / mask.size(0);
        var objective = new PolicyObjective(new PpoClipLoss((double)settings["eps_clip"]!)) { Kl = kl };
        file.CheckLoss(
            settings, objective.Compute(tokens, weights, RlCase.Values(mask.sum())[0], coefficient), ("lp", leaf));
    }

    private static Tensor HighEntropy(float[][] mask, float[] entropies, double share)
    {
        var kept = mask.Select((row, b) =>
        {
            var counted = Enumerable.Range(0, row.Length).Where(t => row[t] > 0).ToArray();
            var chosen = EntropyFilter.OfSequence([.. counted.Select(t => entropies[(b * row.Length) + t])], share);
            var result = new float[row.Length];
            for (var i = 0; i < counted.Length; i++)
            {
                result[counted[i]] = chosen[i] ? 1 : 0;
            }

            return result;
        });
        return tensor(kept.SelectMany(row => row).ToArray(), device: CPU).view(mask.Length, mask[0].Length);
    }
}
