using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Rollout.Sampling;
using static TorchSharp.torch;

namespace R1Reward.Rollout.Tests;

/// <summary>A tiny random policy and its trained tokenizer, and requests for them.</summary>
public sealed class Factory : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rollout-").FullName;

    public Factory()
    {
        var trainer = new BpeTrainer();
        for (var i = 0; i < 3; i++)
        {
            trainer.Add("red circle, blue square: how many? <think>red vs red: yes, 1</think><answer>1</answer>");
        }

        Tokenizer = trainer.Train(320, _folder);
        Model = CausalLM.Create(
            new ModelConfig
            {
                VocabularySize = Tokenizer.VocabularySize,
                HiddenSize = 32,
                IntermediateSize = 48,
                Layers = 2,
                Heads = 4,
                KeyValueHeads = 2,
                HeadSize = 8,
                MaxPositions = 512,
                InitializerRange = 0.3,
            },
            CPU,
            ScalarType.Float32,
            seed: 7);
    }

    public Tokenizer Tokenizer { get; }

    public CausalLM Model { get; }

    public GenerationEngine Engine(
        int maxSequences = 16,
        int maxLength = 512,
        int maxPrefillTokens = 64,
        long cacheBytes = 1L << 30,
        int parts = 0) =>
        new(
            Model,
            Tokenizer,
            new GenerationEngineOptions
            {
                MaxSequences = maxSequences,
                MaxLength = maxLength,
                MaxPrefillTokens = maxPrefillTokens,
                CacheBytes = cacheBytes,
                Parts = parts,
                Threads = 1,
            });

    public GenerationRequest Request(string text, int samples = 1, long seed = 1, SamplingOptions? sampling = null) =>
        new()
    {
        Id = text,
        Pair = new PairId(text),
        PromptTokens = [.. Tokenizer.Encode(text)],
        Samples = samples,
        Seed = seed,
        Sampling = sampling ?? new SamplingOptions { MaxNewTokens = 12 },
    };

    public static Dictionary<string, Trace> Run(GenerationEngine engine, params GenerationRequest[] requests)
    {
        var traces = new Dictionary<string, Trace>();
        engine.Generate(requests, trace => traces.Add(trace.Id, trace));
        return traces;
    }

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
