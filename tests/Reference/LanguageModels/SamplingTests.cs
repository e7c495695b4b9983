using Newtonsoft.Json.Linq;
using R1Reward.Rollout.Sampling;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class SamplingTests
{
    // At low temperature what is kept may have a probability that float32 cannot hold.
    private const float Least = 1e-30f;

    private static readonly Dictionary<string, Func<SamplingOptions, SamplingOptions, SamplingOptions>> _stages = new()
    {
        ["RepetitionPenalty"] = (options, all) => options with { RepetitionPenalty = all.RepetitionPenalty },
        ["Temperature"] = (options, all) => options with { Temperature = all.Temperature },
        ["TopK"] = (options, all) => options with { TopK = all.TopK },
        ["TopP"] = (options, all) => options with { TopP = all.TopP },
        ["MinP"] = (options, all) => options with { MinP = all.MinP },
    };

    [ReferenceTheory("language-models", "sampling*")]
    public void Each_stage_leaves_the_same_tokens_with_the_same_probabilities(string name)
    {
        var one = new LanguageModelCase(name);
        var logits = one.Tensors.Rows("logits");
        var contexts = LanguageModelCase.Rows(one.Json["context_ids"]!);
        var sampler = new TokenSampler(logits[0].Length);
        foreach (var setting in one.Json["settings"]!)
        {
            var (id, all) = ((string)setting["id"]!, Options(setting["settings"]!));
            all.Validate();
            var rows = setting["rows"]!.ToObject<int[]>()!;
            var (stages, options) = (setting["stages"]!.Values<string>().ToList(), new SamplingOptions());
            for (var stage = 0; stage < stages.Count; stage++)
            {
                options = _stages[stages[stage]!](options, all);
                var expected = one.Tensors.Rows($"{id}.{stage}.{stages[stage]}");
                Check(rows, row => Softmax(expected[row]), options, $"setting {id} after {stages[stage]}");
            }

            Assert.Equal(all, options);
            var probabilities = one.Tensors.Rows(id + ".probs");
            Check(rows, row => probabilities[row], all, $"setting {id}");
            var kept = LanguageModelCase.Rows(setting["kept"]!);
            Assert.Equal(
                kept.Select((ids, i) => ids.Where(token => probabilities[i][token] > Least)),
                rows.Select(row => Kept(Drawn(row, all))));
        }

        float[] Drawn(int row, SamplingOptions options) =>
            sampler.Probabilities(
                logits[row],
                options,
                options.RepetitionPenalty == 1 ? null : contexts[row].ToHashSet());

        void Check(int[] rows, Func<int, float[]> expected, SamplingOptions options, string what)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                Numbers.Close(expected(i), Drawn(rows[i], options), one.Tolerance, $"{what}, row {rows[i]}");
            }
        }
    }

    private static int[] Kept(float[] probabilities) =>
        [.. probabilities.Index().Where(token => token.Item > Least).Select(token => token.Index)];

    private static SamplingOptions Options(JToken settings) => new()
    {
        Temperature = (double?)settings["temperature"] ?? 1,
        TopK = (int?)settings["top_k"] ?? 0,
        TopP = (double?)settings["top_p"] ?? 1,
        MinP = (double?)settings["min_p"] ?? 0,
        RepetitionPenalty = (double?)settings["repetition_penalty"] ?? 1,
    };

    private static float[] Softmax(float[] logits)
    {
        var weights = logits.Select(logit => Math.Exp(logit - logits.Max())).ToList();
        return [.. weights.Select(weight => (float)(weight / weights.Sum()))];
    }
}
