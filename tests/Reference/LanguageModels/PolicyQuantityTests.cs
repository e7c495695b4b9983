using System.Globalization;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class PolicyQuantityTests
{
    private static readonly Dictionary<string, TokenReduction> _reductions = new()
    {
        ["token_mean"] = TokenReduction.TokenMean,
        ["mean_of_row_means"] = TokenReduction.SequenceMean,
        ["mean_of_row_sums"] = TokenReduction.SequenceSum,
    };

    [ReferenceTheory("language-models", "policy-kl*")]
    public void Log_probs_entropies_and_divergences_agree(string name)
    {
        var one = new LanguageModelCase(name);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var policy = one.LoadModel();
        using var old = one.LoadModel(one.Json["old_model_factors"]!);
        using var reference = one.LoadModel(one.Json["ref_model_factors"]!);
        foreach (var stored in one.Tensors.Names.Where(stored => stored.StartsWith("k1.t", StringComparison.Ordinal)))
        {
            var at = stored[3..];
            var temperature = double.Parse(at[1..], CultureInfo.InvariantCulture);
            var (mine, theirs, frozen) = (Both(policy, "policy"), Both(old, "old"), Both(reference, "ref"));
            var differences = mine.LogProbs - frozen.LogProbs;
            Agree("k1", KlDivergence.Estimate(KlEstimator.K1, differences));
            Agree("k2", KlDivergence.Estimate(KlEstimator.K2, differences));
            Agree("k3", KlDivergence.Estimate(KlEstimator.K3, differences));
            Agree("ratio_to_old", (mine.LogProbs - theirs.LogProbs).exp());
            MeansAgree(one, "entropy." + at, mine.Entropies);

            void Agree(string what, Tensor values)
            {
                Numbers.Close(
                    one.Tensors.Floats($"{what}.{at}"),
                    Numbers.Values(values),
                    one.Tolerance,
                    $"{what} at {at}");
                MeansAgree(one, $"{what}.{at}", values);
            }

            (Tensor LogProbs, Tensor Entropies) Both(CausalLM model, string who)
            {
                var (batch, rows) = Batch(one);

                // The output layer has no bias, so a scaled state gives scaled logits.
                var hidden = model.HiddenAt(batch.IdsBT, batch.PlacesN) / temperature;
                var both = TokenLogProbs.ComputeWithEntropies(model, hidden, batch.TargetsN);
                var (logProbs, entropies) = (rows.Pad(both.select(0, 0)), rows.Pad(both.select(0, 1)));
                Numbers.Close(
                    one.Tensors.Floats($"{who}.logprobs.{at}"),
                    Numbers.Values(logProbs),
                    one.Tolerance,
                    $"{who} log-probs at {at}");
                Numbers.Close(
                    one.Tensors.Floats($"{who}.entropy.{at}"),
                    Numbers.Values(entropies),
                    one.Tolerance,
                    $"{who} entropies at {at}");
                return (logProbs, entropies);
            }
        }
    }

    [ReferenceTheory("language-models", "policy-kl*")]
    public void Gradients_of_divergence_and_entropy_agree(string name)
    {
        var one = new LanguageModelCase(name);
        using var scope = NewDisposeScope();
        using var model = one.LoadModel();
        using var reference = one.LoadModel(one.Json["ref_model_factors"]!);
        model.Parameters.AllocateGradients();
        var (batch, rows) = Batch(one);
        var mask = Mask(one);
        Tensor frozen;
        using (no_grad())
        {
            frozen = TokenLogProbs.Compute(reference, reference.HiddenAt(batch.IdsBT, batch.PlacesN), batch.TargetsN);
        }

        Check("gradient_of_token_mean_k3", both =>
            rows.Pad(KlDivergence.Estimate(KlEstimator.K3, both.select(0, 0) - frozen)));
        Check("gradient_of_token_mean_entropy", both => rows.Pad(both.select(0, 1)));

        void Check(string what, Func<Tensor, Tensor> values)
        {
            model.Parameters.ZeroGradients();
            TokenLogProbs.BackwardWithEntropies(
                model,
                model.HiddenAt(batch.IdsBT, batch.PlacesN),
                batch.TargetsN,
                both => (values(both) * mask).sum() / mask.sum());
            Checksums.Close(
                one.Json[what]!,
                weight => model.Parameters[weight].grad!,
                (double)one.Json["checksum_tolerance"]!,
                what);
        }
    }

    private static (TokenBatch Batch, ResponseRows Rows) Batch(LanguageModelCase one)
    {
        var (prompts, responses) = (
            LanguageModelCase.Rows(one.Json["prompts"]!),
            LanguageModelCase.Rows(one.Json["responses"]!));
        return (
            TokenBatch.From(
                [.. prompts.Zip(responses, (prompt, response) => TrainingRow.Reply(prompt, response))], CPU),
            new ResponseRows([.. responses.Select(response => response.Length)], CPU));
    }

    private static Tensor Mask(LanguageModelCase one)
    {
        var mask = one.Json["mask"]!.ToObject<float[][]>()!;
        return tensor(mask.SelectMany(row => row).ToArray(), dtype: ScalarType.Float32, device: CPU)
            .view(mask.Length, mask[0].Length);
    }

    private static void MeansAgree(LanguageModelCase one, string what, Tensor valuesBT)
    {
        var mask = one.Json["mask"]!.ToObject<double[][]>()!;
        var values = Numbers.Values(valuesBT).Chunk(mask[0].Length).ToArray();
        var sizes = new TokenWeights(mask.Length, mask.Sum(row => row.Sum()), mask[0].Length);
        foreach (var (mean, reduction) in _reductions)
        {
            var reduced = values
                .Select(
                    (row, b) =>
                        row.Select((value, t) => value * mask[b][t]).Sum() * sizes.For(reduction, mask[b].Sum()))
                .Sum();
            Assert.Equal(
                (double)one.Json["means"]![what]![mean]!,
                reduced,
                one.Tolerance * Math.Max(1, Math.Abs(reduced)));
        }
    }
}
