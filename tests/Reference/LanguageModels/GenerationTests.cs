using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout;
using R1Reward.Rollout.Sampling;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class GenerationTests
{
    [ReferenceTheory("language-models", "generate-*")]
    public void Greedy_replies_agree_token_by_token(string name)
    {
        var one = new LanguageModelCase(name);
        using var model = one.LoadModel();
        var tokenizer = Tokenizer.Load(one.ModelDirectory);
        using var engine = new GenerationEngine(model, tokenizer, new GenerationEngineOptions());
        var prompts = one.Json["prompts"]!.ToList();
        Assert.All(prompts, prompt =>
            Assert.Equal(prompt["ids"]!.ToObject<int[]>()!, tokenizer.Encode((string)prompt["text"]!)));
        foreach (var run in one.Json["runs"]!)
        {
            var options = Options(run, model.Config);
            var requests = prompts.Select((prompt, i) => new GenerationRequest
            {
                Id = $"{i}",
                Pair = new PairId($"{i}"),
                PromptTokens = [.. prompt["ids"]!.Values<int>()],
                Seed = 0,
                Sampling = options,
            }).ToList();
            var together = Generate(engine, requests);
            for (var row = 0; row < requests.Count; row++)
            {
                Check(one, run["rows"]![row]!, together[row], tokenizer, $"{run["name"]} row {row}");
                Assert.Equal(together[row].Tokens.AsEnumerable(), Generate(engine, [requests[row]])[0].Tokens);
            }
        }
    }

    private static SamplingOptions Options(JToken run, ModelConfig config)
    {
        var options = new SamplingOptions
        {
            Temperature = 0,
            MaxNewTokens = (int)run["max_new_tokens"]!,
            MinNewTokens = (int)run["min_new_tokens"]!,
            RepetitionPenalty = (double)run["repetition_penalty"]!,
            StopTokens = run["eos_token_ids"]!.Values<int>().ToHashSet(),
        };

        // The run that takes everything but sampling from the checkpoint must come out without being told what that is.
        return ((string)run["name"]!).StartsWith("checkpoint-defaults", StringComparison.Ordinal)
            ? (options with { RepetitionPenalty = 1, StopTokens = null }).With(
                config.Generation with
                {
                    Samples = false,
                })
            : options;
    }

    private static List<Trace> Generate(GenerationEngine engine, IReadOnlyList<GenerationRequest> requests)
    {
        var traces = new List<Trace>();
        engine.Generate(requests, traces.Add);
        return [.. traces.OrderBy(trace => trace.Id, StringComparer.Ordinal)];
    }

    private static void Check(LanguageModelCase one, JToken expected, Trace trace, Tokenizer tokenizer, string what)
    {
        Assert.Equal(expected["generated_ids"]!.ToObject<int[]>()!, trace.Tokens.AsEnumerable());
        Assert.Equal(
            (string)expected["finish_reason"]! == "length" ? FinishReason.Length : FinishReason.Stop,
            trace.Finish);
        Numbers.Close(expected["logprobs"]!.ToObject<float[]>()!, trace.LogProbs, one.Tolerance, what);
        var processed = trace.ProcessedLogProbs.IsEmpty ? trace.LogProbs : trace.ProcessedLogProbs;
        Numbers.Close(
            expected["logprobs_after_processing"]!.ToObject<float[]>()!,
            processed,
            one.Tolerance,
            what + " processed");
        Assert.Equal(
            (double)expected["sum_logprob"]!,
            trace.LogProbs.Sum(logProb => (double)logProb),
            one.Tolerance * trace.LogProbs.Length);
        Assert.Equal((string)expected["text"]!, tokenizer.Decode(trace.Tokens, skipSpecial: false));
        Assert.Equal((string)expected["text_without_special"]!, trace.Text);
    }
}
