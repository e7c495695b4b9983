using R1Reward.Data.Pairs;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Rollout;
using R1Reward.Rollout.Sampling;
using static TorchSharp.torch;

namespace R1Reward.Cli.Measuring;

/// <summary>Decoding: one new token for each of many sequences per step, sampled at temperature 1.</summary>
/// <param name="time">The clock.</param>
internal sealed class RolloutBench(TimeProvider time) : IBench
{
    public string Name => "rollout";

    /// <summary>
    /// Time of rounds that do not count: the run-time compiles code, and once more what it has found to be called
    /// often.
    /// </summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(4);

    public string Rate => "decode_tokens_per_s";

    public double TokensPerSecond(BenchShape shape, ScalarType dtype, BenchOptions options)
    {
        using var model = CausalLM.Create(shape.Config, CPU, dtype, seed: 1);
        model.IsBatchInvariant = options.BatchInvariant;
        using var engine = Engine(model, shape, options);

        var start = time.GetTimestamp();
        do
        {
            Seconds(engine, shape, shape.NewTokens + 1);
        }
        while (time.GetElapsedTime(start) < WarmUp);

        var rounds = new double[options.Rounds];
        for (var i = 0; i < rounds.Length; i++)
        {
            // Both compute the prompts and sample a first token.
            rounds[i] = Seconds(engine, shape, shape.NewTokens + 1) - Seconds(engine, shape, 1);
        }

        Array.Sort(rounds);
        return shape.Sequences * shape.NewTokens / rounds[rounds.Length / 2];
    }

    public double Limit(BenchShape shape, ScalarType dtype, Roofline roofline)
    {
        var size = new MemoryEstimate(shape.Config);
        var cached = shape.Sequences * (shape.PromptTokens + (shape.NewTokens / 2));
        return shape.Sequences / roofline.Seconds(
            2.0 * size.Parameters * shape.Sequences,
            size.Weights(dtype) + (cached * size.CachePerToken(dtype)));
    }

    /// <summary>An engine that takes all sequences of a shape at once.</summary>
    internal static GenerationEngine Engine(CausalLM model, BenchShape shape, BenchOptions options) =>
        new(model, Tokenizer(), new GenerationEngineOptions
        {
            MaxSequences = shape.Sequences,
            MaxLength = shape.PromptTokens + shape.NewTokens + 1,
            Threads = options.Threads,
            Parts = options.Parts,
        });

    /// <summary>As many prompts as a shape has sequences, each decoded to the last token.</summary>
    internal static IReadOnlyList<GenerationRequest> Requests(BenchShape shape, int newTokens) =>
    [
        .. Enumerable.Range(0, shape.Sequences).Select(number => new GenerationRequest
        {
            Id = $"{number}",
            Pair = new PairId($"{number}"),
            PromptTokens = [.. Enumerable.Range(0, shape.PromptTokens).Select(place => (number + place) % 256)],
            Seed = number,
            Sampling = new SamplingOptions { MaxNewTokens = newTokens, StopTokens = new HashSet<int>() },
        }),
    ];

    private double Seconds(GenerationEngine engine, BenchShape shape, int newTokens)
    {
        var requests = Requests(shape, newTokens);
        var start = time.GetTimestamp();
        engine.Generate(requests, _ => { });
        return time.GetElapsedTime(start).TotalSeconds;
    }

    // The engine wants one; sampling reads none of it.
    private static Tokenizer Tokenizer()
    {
        var folder = Directory.CreateTempSubdirectory("r1reward-bench-");
        try
        {
            return new BpeTrainer().Train(BpeTrainer.MinimumSize, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
