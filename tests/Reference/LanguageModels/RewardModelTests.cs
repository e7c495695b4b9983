using Newtonsoft.Json.Linq;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Models;
using R1Reward.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class RewardModelTests
{
    [ReferenceTheory("language-models", "reward-model*")]
    public void Scores_losses_and_gradients_agree_with_the_reference(string name)
    {
        var one = new LanguageModelCase(name);
        using var scope = NewDisposeScope();
        using var model = one.LoadModel();
        model.Parameters.AllocateGradients();
        var pad = (long)one.Json["pad_token_id"]!;
        var scores = Scores(model, one.Json, pad);
        Numbers.Close(Floats(one.Json["scores"]!), Numbers.Values(scores), one.Tolerance, "scores");
        Numbers.Close(
            Floats(one.Json["ends_with_pad_id"]!["scores_of_the_reference"]!),
            Numbers.Values(Scores(model, one.Json["ends_with_pad_id"]!, pad)),
            one.Tolerance,
            "before the padding token");
        Numbers.Close(
            Floats(one.Json["ends_with_pad_id"]!["scores_at_the_last_attended_token"]!),
            Numbers.Values(Scores(model, one.Json["ends_with_pad_id"]!, null)),
            one.Tolerance,
            "at the last token");

        var (chosen, rejected) = (scores.view(-1, 2).select(1, 0), scores.view(-1, 2).select(1, 1));
        var margins = tensor(Floats(one.Json["margins"]!), device: CPU);
        Assert.Equal(
            (double)one.Json["loss_with_margins"]!,
            PairLosses.Sigmoid(chosen, rejected, margins).ToDouble(),
            one.Tolerance);
        Assert.Equal(
            (double)one.Json["loss_centred_0.01"]!,
            (PairLosses.Sigmoid(chosen, rejected) + (0.01 * (chosen + rejected).square().mean())).ToDouble(),
            one.Tolerance);
        var loss = PairLosses.Sigmoid(chosen, rejected);
        Assert.Equal((double)one.Json["loss"]!, loss.ToDouble(), one.Tolerance);
        loss.backward();
        Checksums.Close(
            one.Json["checksums"]!,
            weight => model.Parameters[weight].grad!,
            (double)one.Json["checksum_tolerance"]!,
            "gradient of");
        foreach (var full in one.Tensors.Names.Where(full => full.StartsWith("grad.", StringComparison.Ordinal)))
        {
            Numbers.Close(
                one.Tensors.Floats(full),
                Numbers.Values(model.Parameters[full["grad.".Length..]].grad!),
                one.Tolerance,
                full);
        }
    }

    private static Tensor Scores(CausalLM model, JToken batch, long? pad) =>
        SequenceScores.Compute(
            model,
            Numbers.Ids(LanguageModelCase.Rows(batch["input_ids"]!)),
            [.. LanguageModelCase.Rows(batch["attention_mask"]!).Select(row => row.Sum())],
            pad);

    private static float[] Floats(JToken json) => json.ToObject<float[]>()!;
}
