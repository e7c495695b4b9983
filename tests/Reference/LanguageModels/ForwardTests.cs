using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class ForwardTests
{
    [ReferenceTheory("language-models", "forward-*")]
    public void A_pass_over_whole_rows_agrees(string name)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var one = new LanguageModelCase(name);
        using var model = one.LoadModel();
        switch (one.Kind)
        {
            case "forward":
                LayersAgree(one, model);
                PaddingChangesNothing(one, model);
                Bfloat16StaysWithinItsBounds(one);
                break;
            case "full-vocabulary":
                BestTokensAgree(one, model);
                break;
            default:
                throw new InvalidOperationException($"{name} is of kind {one.Kind}, which has no test");
        }

        LogProbsAgree(one, model);
    }

    private static void LayersAgree(LanguageModelCase one, CausalLM model)
    {
        Numbers.Close(
            [.. one.Json["rope_inv_freq"]!.Select(value => (float)value)],
            RotaryFrequencies.Compute(model.Config.Rope, model.Config.HeadSize),
            1e-6,
            "frequencies");
        Assert.Equal(
            (double)one.Json["rope_attention_scaling"]!,
            RotaryFrequencies.Scaling(model.Config.Rope),
            1e-6);
        var states = new List<float>[model.Config.Layers + 2];
        var argmax = new List<int[]>();
        foreach (var row in LanguageModelCase.Rows(one.Json["rows"]!))
        {
            var (x, pass) = model.Begin(Numbers.Ids([row]), null, null);
            Keep(0, x);
            for (var layer = 0; layer < model.Config.Layers; layer++)
            {
                x = model.Trunk.ForwardLayer(layer, x, pass);
                Keep(layer + 1, x);
            }

            var normed = model.Trunk.NormAt(x, arange(row.Length, dtype: ScalarType.Int64, device: CPU));
            Keep(model.Config.Layers + 1, normed);
            argmax.Add([.. model.Logits(normed).argmax(-1).data<long>().Select(id => (int)id)]);
        }

        for (var layer = 0; layer < model.Config.Layers; layer++)
        {
            Numbers.Close(
                one.Tensors.Floats($"hidden_states.{layer}"),
                states[layer],
                one.Tolerance,
                $"stream before layer {layer}");
        }

        Numbers.Close(
            one.Tensors.Floats("before_final_norm"),
            states[^2],
            one.Tolerance,
            "stream after the last layer");
        Numbers.Close(
            one.Tensors.Floats($"hidden_states.{model.Config.Layers}"),
            states[^1],
            one.Tolerance,
            "final states");
        Assert.Equal(LanguageModelCase.Rows(one.Json["argmax"]!), argmax);

        void Keep(int index, Tensor x) => (states[index] ??= []).AddRange(Numbers.Values(x));
    }

    private static void PaddingChangesNothing(LanguageModelCase one, CausalLM model)
    {
        var rows = LanguageModelCase.Rows(one.Json["rows"]!);
        foreach (var padding in new[] { "right_padded", "left_padded" })
        {
            var ids = Numbers.Ids(LanguageModelCase.Rows(one.Json[padding]!["input_ids"]!));
            var mask = Numbers.Ids(LanguageModelCase.Rows(one.Json[padding]!["attention_mask"]!));
            var logits = LogitsAtPlaces(one, model, model.Hidden(ids, mask), row =>
                padding == "left_padded" ? (int)ids.size(1) - rows[row].Length : 0);
            Numbers.Close(one.Tensors.Floats("logits"), logits, one.Tolerance, padding);
        }

        Numbers.Close(
            one.Tensors.Floats("logits"),
            LogitsAtPlaces(one, model, model.Hidden(Numbers.Ids(rows)), _ => 0),
            one.Tolerance,
            "without mask");
    }

    private static void Bfloat16StaysWithinItsBounds(LanguageModelCase one)
    {
        using var model = one.LoadModel(ScalarType.BFloat16);
        var bounds = one.Json["bfloat16_vs_float32"]!;
        var logits = LogitsAtPlaces(
            one,
            model,
            model.Hidden(Numbers.Ids(LanguageModelCase.Rows(one.Json["rows"]!))),
            _ => 0);
        var differences = logits
            .Zip(one.Tensors.Floats("logits"), (mine, theirs) => (double)Math.Abs(mine - theirs))
            .ToList();
        Assert.InRange(differences.Max(), 0, 2 * (double)bounds["logits_max"]!);
        Assert.InRange(differences.Average(), 0, 1.5 * (double)bounds["logits_mean"]!);
    }

    private static void LogProbsAgree(LanguageModelCase one, CausalLM model)
    {
        var (logProbs, entropy) = (new List<float>(), new List<float>());
        foreach (var row in LanguageModelCase.Rows(one.Json["rows"]!))
        {
            var hidden = model.Hidden(Numbers.Ids([row]))[0];
            var (before, targets) = (hidden.narrow(0, 0, row.Length - 1), Numbers.Ids([row[1..]])[0]);
            var whole = Numbers.Values(TokenLogProbs.Compute(model, before, targets));
            Numbers.Close(
                whole,
                Numbers.Values(TokenLogProbs.Compute(model, before, targets, 3L * model.Config.VocabularySize)),
                1e-5,
                "in chunks");
            logProbs.AddRange(whole);
            var all = model.Logits(hidden).log_softmax(-1);
            entropy.AddRange(Numbers.Values((all.exp() * all).sum(-1).neg()));
        }

        Numbers.Close(one.Tensors.Floats("token_logprobs"), logProbs, one.Tolerance, "token_logprobs");
        Numbers.Close(one.Tensors.Floats("entropy"), entropy, one.Tolerance, "entropy");
    }

    private static void BestTokensAgree(LanguageModelCase one, CausalLM model)
    {
        var rows = LanguageModelCase.Rows(one.Json["rows"]!);
        var logits = cat([.. rows.Select(row => model.Logits(model.Hidden(Numbers.Ids([row]))[0]))], 0);
        var ids = one.Tensors.Integers("top20_ids");
        var (values, best) = logits.topk(one.Tensors.Shape("top20_ids")[1]);
        Assert.Equal(ids, best.contiguous().data<long>().ToArray());
        Numbers.Close(one.Tensors.Floats("top20_logits"), Numbers.Values(values), one.Tolerance, "best logits");
        Numbers.Close(
            one.Tensors.Floats("logsumexp"),
            Numbers.Values(logits.logsumexp(-1)),
            one.Tolerance,
            "log-sum-exp");
        var last = Numbers.Values(logits[-1]);
        var tail = one.Tensors.Floats("last_position_logits_tail");
        Numbers.Close(tail, last[^tail.Length..], one.Tolerance, "tail of the last position");
    }

    private static float[] LogitsAtPlaces(
        LanguageModelCase one,
        CausalLM model,
        Tensor hidden,
        Func<int, int> start
    ) =>
        [
            .. LanguageModelCase
                .Rows(one.Json["logit_positions"]!)
                .SelectMany((row, b) => row.SelectMany(t => Numbers.Values(model.Logits(hidden[b, start(b) + t])))),
        ];
}
