using R1Reward.Data.Published;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Losses.Values;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Rl;

public sealed class LossTests
{
    [ReferenceTheory("rl-and-rewards", "r1_policy_loss")]
    public void Policy_losses_and_their_gradients_agree_with_the_published_code(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var epsilon = (double)settings["eps_clip"]!;
            var logProbs = file.Leaf(name + ".lp");
            PolicyTokens Tokens(Tensor leaf) =>
                new(leaf, file.Floats(name + ".old"), file.Floats(name + ".adv"), file.Floats(name + ".mask"));
            var mask = file.Floats(name + ".mask");
            var perRow = PolicyReduction.RowMeans(
                new StableReinforceLoss(epsilon, (double)settings["delta"]!).PerToken(Tokens(logProbs)), mask);
            file.Close(name + ".per_row", perRow);
            file.CheckLoss(settings, perRow.mean(), ("lp", logProbs));

            var without = file.Leaf(name + ".lp");
            var loss = PolicyReduction.RowMeans(new PpoClipLoss(epsilon).PerToken(Tokens(without)), mask).mean();
            file.Close((double)settings["loss_without_pre_clip"]!, RlCase.Values(loss)[0], name + " without Pre-CLIP");
            loss.backward();
            file.Close(name + ".grad_lp_without_pre_clip", without.grad!);
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_value_loss")]
    public void Value_losses_and_their_gradients_agree_with_the_published_code(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var values = file.Leaf(name + ".values");
            var loss = ValueLoss.Compute(
                values,
                file.Floats(name + ".old_values"),
                file.Floats(name + ".returns"),
                file.Floats(name + ".mask"),
                (double?)settings["value_clip"]);
            file.CheckLoss(settings, loss, ("values", values));
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_pair_losses")]
    public void Pair_losses_and_their_gradients_agree_with_the_published_code(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var (chosen, rejected) = (file.Leaf(name + ".chosen"), file.Leaf(name + ".rejected"));
            var margin = file.Has(name + ".margin")
                ? file.Floats(name + ".margin")
                : (double?)settings["margin"] is { } one ? tensor(one, dtype: ScalarType.Float32, device: CPU) : null;
            var loss = name.StartsWith("logexp", StringComparison.Ordinal)
                ? new LogExpLoss().PerPair(chosen, rejected)
                : BradleyTerryLoss.PerPair(chosen, rejected, margin ?? zeros(1));
            file.CheckLoss(settings, loss.mean(), ("chosen", chosen), ("rejected", rejected));
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_preference_losses")]
    public void Preference_losses_and_their_gradients_agree_with_the_published_code(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var beta = (double)settings["beta"]!;
            Tensor Side(string side) =>
                file.Has($"{name}.{side}")
                    ? file.Floats($"{name}.{side}")
                    : zeros(0, dtype: ScalarType.Float32, device: CPU);
            var (chosen, rejected) = (Side("policy_chosen").requires_grad_(), Side("policy_rejected").requires_grad_());
            var (referenceChosen, referenceRejected) = (Side("reference_chosen"), Side("reference_rejected"));
            var pairs = new PairLogProbs(chosen, rejected, referenceChosen, referenceRejected);
            var loss = (string)settings["kind"]! switch
            {
                "dpo" when (bool)settings["ipo"]! => PreferenceLosses.Ipo(pairs, beta),
                "dpo" => PreferenceLosses.Dpo(pairs, beta, (double)settings["label_smoothing"]!),
                "kto_paired" => PreferenceLosses.KtoPaired(pairs, beta),
                var kind => kind == "kto_unpaired"
                    ? PreferenceLosses.KtoUnpaired(
                        chosen,
                        rejected,
                        referenceChosen,
                        referenceRejected,
                        Side("policy_kl"),
                        Side("reference_kl"),
                        new KtoOptions
                        {
                            Beta = beta,
                            DesirableWeight = (double)settings["desirable_weight"]!,
                            UndesirableWeight = (double)settings["undesirable_weight"]!,
                        })
                    : throw new InvalidOperationException($"unknown kind {kind}"),
            };
            (string, Tensor)[] leaves = [("policy_chosen", chosen), ("policy_rejected", rejected)];
            file.CheckLoss(settings, loss, [.. leaves.Where(leaf => file.Has($"{name}.grad_{leaf.Item1}"))]);
            if (file.Has(name + ".chosen_rewards"))
            {
                file.Close(name + ".chosen_rewards", PreferenceLosses.ImplicitRewards(chosen, referenceChosen, beta));
                file.Close(
                    name + ".rejected_rewards", PreferenceLosses.ImplicitRewards(rejected, referenceRejected, beta));
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_token_losses")]
    public void Token_losses_and_their_gradients_agree_with_the_published_code(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var logits = file.Leaf(name + ".logits");
            switch ((string)settings["kind"]!)
            {
                case "next_token":
                    file.CheckLoss(
                        settings, TokenLosses.NextToken(logits, file.Integers(name + ".labels")), ("logits", logits));
                    break;
                case "distillation":
                    var (teacher, labels) = (file.Floats(name + ".teacher_logits"), file.Integers(name + ".labels"));
                    file.CheckLoss(settings, TokenLosses.Distillation(logits, teacher, labels), ("logits", logits));
                    var at = settings["loss_with_student_minus_infinity_at"]!.ToObject<long[]>()!;
                    var holed = logits.detach().clone();
                    holed[at[0], at[1], at[2]] = tensor(float.NegativeInfinity, device: CPU);
                    file.Close(
                        (double)settings["loss_with_minus_infinity"]!,
                        RlCase.Values(TokenLosses.Distillation(holed, teacher, labels))[0],
                        "with minus infinity");
                    break;
                case "process_reward":
                    var given = name.Contains("soft", StringComparison.Ordinal)
                        ? file.Floats(name + ".labels")
                        : file.Integers(name + ".labels");
                    var (loss, accuracy) = TokenLosses.ProcessReward(
                        logits,
                        file.Integers(name + ".ids"),
                        given,
                        (long)settings["placeholder_token"]!,
                        settings["reward_tokens"]!.ToObject<long[]>());
                    file.Close((double)settings["accuracy"]!, RlCase.Values(accuracy)[0], name + " accuracy");
                    file.CheckLoss(settings, loss, ("logits", logits));
                    break;
                default:
                    var ids = file.Integers(name + ".ids").narrow(1, 1, logits.size(1) - 1);
                    Tensor LogProbs(Tensor x) =>
                        x.narrow(1, 0, x.size(1) - 1).log_softmax(-1).gather(-1, ids.unsqueeze(-1)).squeeze(-1);
                    file.Close(name + ".expected", LogProbs(logits));
                    file.Close(name + ".expected_logits_times_60", LogProbs(logits * 60));
                    break;
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_token_losses")]
    public void Packed_positions_restart_in_every_segment(string @case)
    {
        var file = new RlCase(@case);
        foreach (var (name, _) in file.Cases.Where(one => file.Has(one.Name + ".segment_mask")))
        {
            Assert.Equal(
                file.IntegerRows(name + ".position_ids"),
                file.IntegerRows(name + ".segment_mask").Select(row => PublishedLayout.PackedPositions(row)));
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_sequence_masks")]
    public void Generated_sequences_are_closed_and_masked_as_the_published_code_does(string @case)
    {
        var file = new RlCase(@case);
        var promptLength = (int)file.Json["prompt_length"]!;
        var end = (long)file.Json["eos"]!;
        var pad = (long)file.Json["pad"]!;
        var closed = file.IntegerRows("sequences_in")
            .Select(row => PublishedLayout.Close(row, promptLength, end, pad)).ToList();
        Assert.Equal(file.IntegerRows("sequences_out"), closed.Select(one => one.Tokens));
        Assert.Equal(file.IntegerRows("attention_mask"), closed.Select(one => one.AttentionMask));
        Assert.Equal(file.IntegerRows("action_mask"), closed.Select(one => one.ActionMask));
    }

    [ReferenceTheory("rl-and-rewards", "r1_replay_buffer")]
    public void Stored_samples_come_back_padded_on_the_left(string @case)
    {
        var file = new RlCase(@case);
        var (attention, actions) = (file.IntegerRows("in.attention_mask"), file.IntegerRows("in.action_mask"));
        Assert.Equal(
            file.IntegerRows("out.sequences"),
            PublishedLayout.PadLeft(Kept(file.IntegerRows("in.sequences"), attention)));
        Assert.Equal(file.IntegerRows("out.attention_mask"), PublishedLayout.PadLeft(Kept(attention, attention)));
        Assert.Equal(file.IntegerRows("out.action_mask"), PublishedLayout.PadLeft(Kept(actions, actions)));
        Assert.Equal(
            file.FloatRows("out.log_probs"), PublishedLayout.PadLeft(Kept(file.FloatRows("in.log_probs"), actions)));

        static List<T[]> Kept<T>(T[][] rows, long[][] masks) =>
            [.. rows.Select((row, i) => row.Where((_, t) => masks[i][t] != 0).ToArray())];
    }
}
