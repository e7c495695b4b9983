using Newtonsoft.Json.Linq;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Models;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class PreferenceTests
{
    private const int MicroBatchTokens = 4096;

    [ReferenceTheory("language-models", "dpo*")]
    public void Direct_preference_losses_agree_from_tokens_to_gradients(string name)
    {
        var one = new LanguageModelCase(name);
        using var scope = NewDisposeScope();
        using var model = one.LoadModel();
        using var reference = one.LoadModel(one.Json["ref_model_factors"]!);
        model.Parameters.AllocateGradients();
        var prompts = LanguageModelCase.Rows(one.Json["prompts"]!);
        var (chosen, rejected) = (Replies("chosen"), Replies("rejected"));
        List<TrainingRow> rows = [.. chosen, .. rejected];
        Numbers.Close(
            Floats(one.Json["policy_chosen_logp"]!),
            Sums(model, chosen),
            one.Tolerance,
            "policy, chosen");
        Numbers.Close(
            Floats(one.Json["policy_rejected_logp"]!),
            Sums(model, rejected),
            one.Tolerance,
            "policy, rejected");
        Numbers.Close(
            Floats(one.Json["ref_chosen_logp"]!),
            Sums(reference, chosen),
            one.Tolerance,
            "reference, chosen");
        Numbers.Close(
            Floats(one.Json["ref_rejected_logp"]!),
            Sums(reference, rejected),
            one.Tolerance,
            "reference, rejected");

        var batch = TokenBatch.From(rows, CPU);
        var tokens = new ResponseRows([.. rows.Select(row => row.TargetCount)], CPU);
        var lengths = tensor(
            rows.Select(row => (float)row.TargetCount).ToArray(),
            dtype: ScalarType.Float32,
            device: CPU);
        var given = tensor(Sums(reference, rows), dtype: ScalarType.Float32, device: CPU);
        foreach (var expected in one.Json["cases"]!)
        {
            model.Parameters.ZeroGradients();
            var what = $"{expected["loss"]} beta {expected["beta"]}";
            float[] perPair = [];
            var mean = TokenLogProbs.Backward(
                model,
                model.HiddenAt(batch.IdsBT, batch.PlacesN),
                batch.TargetsN,
                logProbsN =>
                {
                    var sums = tokens.Pad(logProbsN).sum(1);
                    perPair =
                    [
                        .. Enumerable
                            .Range(0, prompts.Length)
                            .Select(i =>
                                Numbers.Values(Loss(expected, At(sums, i), At(given, i), At(lengths, i)))[0]),
                    ];
                    return Loss(expected, Halves(sums), Halves(given), Halves(lengths));
                });
            Numbers.Close(Floats(expected["per_pair"]!), perPair, one.Tolerance, what);
            Numbers.Close([(float)expected["mean"]!], Numbers.Values(mean), one.Tolerance, what + " mean");
            var norm = Math.Sqrt(
                model.Parameters.Groups.Sum(group => (double)group.Gradients!.dot(group.Gradients!).item<float>()));
            var relative = (double)one.Json["tolerance_relative_gradients"]!;
            Assert.Equal((double)expected["gradient_norm"]!, norm, relative * (double)expected["gradient_norm"]!);
            Checksums.Close(
                expected["gradient_checksums"]!,
                weight => model.Parameters[weight].grad!,
                relative * Math.Max(1, norm),
                what + " gradient of");
            CheckRewards(expected, Numbers.Values(given), one.Tolerance);
        }

        List<TrainingRow> Replies(string side) =>
            [.. LanguageModelCase.Rows(one.Json[side]!).Select((reply, i) => TrainingRow.Reply(prompts[i], reply))];

        // Chosen and rejected of one pair, or of all.
        (Tensor, Tensor) At(Tensor both, int pair) =>
            (both.narrow(0, pair, 1), both.narrow(0, prompts.Length + pair, 1));
        (Tensor, Tensor) Halves(Tensor both) =>
            (both.narrow(0, 0, prompts.Length), both.narrow(0, prompts.Length, prompts.Length));

        void CheckRewards(JToken expected, float[] referenceSums, double tolerance)
        {
            var beta = (double)expected["beta"]!;
            var policy = Sums(model, rows);
            using var inner = NewDisposeScope();
            Tensor Vector(float[] sums) => tensor(sums, dtype: ScalarType.Float32, device: CPU);
            var rewards = Numbers.Values(PreferenceLosses.ImplicitRewards(Vector(policy), Vector(referenceSums), beta));
            Numbers.Close(
                [.. Floats(expected["chosen_rewards"]!), .. Floats(expected["rejected_rewards"]!)],
                rewards,
                tolerance,
                "implicit rewards");
        }
    }

    private static Tensor Loss(
        JToken settings,
        (Tensor Chosen, Tensor Rejected) policy,
        (Tensor Chosen, Tensor Rejected) reference,
        (Tensor Chosen, Tensor Rejected) lengths)
    {
        var (beta, smoothing) = ((double)settings["beta"]!, (double)settings["label_smoothing"]!);
        var sums = new PairLogProbs(policy.Chosen, policy.Rejected, reference.Chosen, reference.Rejected);
        var means = new PairLogProbs(
            policy.Chosen / lengths.Chosen,
            policy.Rejected / lengths.Rejected,
            reference.Chosen / lengths.Chosen,
            reference.Rejected / lengths.Rejected);
        return (string)settings["loss"]! switch
        {
            "sigmoid" => PreferenceLosses.Dpo(sums, beta, smoothing),
            "robust" => PreferenceLosses.Robust(sums, beta, smoothing),
            "hinge" => PreferenceLosses.Hinge(sums, beta),
            "ipo-sum" => PreferenceLosses.Ipo(sums, beta),
            "ipo-mean" => PreferenceLosses.Ipo(means, beta),
            "sigmoid-length-normalised" => PreferenceLosses.Dpo(means, beta, smoothing),
            var unknown => throw new InvalidOperationException($"unknown loss {unknown}"),
        };
    }

    private static float[] Sums(CausalLM model, IReadOnlyList<TrainingRow> rows) =>
        [
            .. ResponseLogProbs
                .Compute(model, rows, MicroBatchTokens)
                .Select(row => (float)row.Sum(logProb => (double)logProb)),
        ];

    private static float[] Floats(JToken values) => values.ToObject<float[]>()!;
}
