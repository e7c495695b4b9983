using R1Reward.Policy.Heads;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Reference.Tests.Rl;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Heads;

public sealed class MmRewardHeadTests
{
    [ReferenceTheory("rl-and-rewards", "mm_reward_heads")]
    public void Heads_and_losses_agree_with_the_published_variants(string @case)
    {
        var file = new RlCase(@case);
        var pairs = (int)file.Json["rows_per_side"]!;
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var variant = name.Split('.')[0];
            if (name != variant)
            {
                var (chosen, rejected) = (file.Leaf(name + ".chosen"), file.Leaf(name + ".rejected"));
                file.CheckLoss(
                    settings,
                    Loss(file, variant).PerPair(chosen, rejected).mean(),
                    ("chosen", chosen),
                    ("rejected", rejected));
                continue;
            }

            using var heads = Heads(file, variant);
            var pooled = file.Integers("attention_mask").to(ScalarType.Bool);
            var scores = heads.Score(file.Floats("hidden"), pooled).squeeze(-1);
            file.Close(name + ".scores", scores);
            var loss = Loss(file, variant)
                .PerPair(scores.narrow(0, 0, pairs), scores.narrow(0, pairs, pairs)).mean();
            file.Close((double)settings["loss_on_head_scores"]!, RlCase.Values(loss)[0], name);
            loss.backward();
            Assert.All(
                heads.Parameters.Specs,
                spec => file.Close($"{name}.grad.{spec.Name}", heads.Parameters[spec.Name].grad!));
        }
    }

    private static ScalarHeads Heads(RlCase file, string variant)
    {
        var config = new ScalarConfig
        {
            Heads = ["score"],
            Pooling = ScalarPooling.Last,
            Kind = variant switch
            {
                "enhanced" => HeadKind.Mlp,
                "adaptive" => HeadKind.Tanh,
                _ => HeadKind.Linear,
            },
        };
        var heads = new ScalarHeads(config, file.Tensors.Shape("hidden")[^1], CPU);
        heads.Parameters.AllocateGradients();
        using var mode = no_grad();
        foreach (var spec in heads.Parameters.Specs)
        {
            heads.Parameters[spec.Name].copy_(file.Floats($"{variant}.state.{spec.Name}"));
        }

        return heads;
    }

    private static IPairLoss Loss(RlCase file, string variant)
    {
        var given = file.Json["default_parameters"]![variant];
        return variant switch
        {
            "contrastive" => new ContrastiveLoss(
                (double)given!["temperature"]!, (double)given["contrastive_weight"]!, AnchorIsNegative: true),
            "adaptive" => new AdaptiveLoss(
                (double)given!["alpha"]!, (double)given["beta"]!, (double)given["gamma"]!),
            _ => new BradleyTerryLoss(),
        };
    }
}
