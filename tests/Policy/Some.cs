using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests;

/// <summary>Small models and data for tests.</summary>
internal static class Some
{
    internal static ModelConfig Config { get; } = new()
    {
        VocabularySize = 23,
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 4,
        TieWordEmbeddings = true,
        InitializerRange = 0.3,
    };

    internal static CausalLM Model(ulong seed = 1, ScalarType dtype = ScalarType.Float32) =>
        CausalLM.Create(Config, CPU, dtype, seed);

    internal static int[] Tokens(int count, long seed)
    {
        var random = CounterRandom.For(seed, "test-tokens");
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Config.VocabularySize))];
    }

    internal static List<TrainingRow> Rows(int count, long seed = 5) =>
        [.. Enumerable.Range(0, count).Select(i =>
            TrainingRow.Reply(Tokens(3 + (i % 4), seed + i), Tokens(2 + (i % 5), seed - i - 1)))];

    /// <summary>Experiences sampled "by" a model: their old log-probabilities are its own.</summary>
    internal static List<Experience> Experiences(CausalLM model, int count, long seed = 9)
    {
        var rows = Rows(count, seed);
        var logProbs = ResponseLogProbs.Compute(model, rows, 512);
        return [.. rows.Select((row, i) => new Experience(row)
        {
            OldLogProbs = logProbs[i],
            Advantages = [.. Enumerable.Repeat(i % 2 == 0 ? 1f : -1f, row.TargetCount)],
        })];
    }

    internal static Trace Trace(string id, int[] prompt, int[] response, float[] logProbs) => new()
    {
        Id = id,
        Pair = new PairId(id),
        PromptTokens = [.. prompt],
        Tokens = [.. response],
        LogProbs = [.. logProbs],
        Text = "",
        Finish = FinishReason.Stop,
        Version = new PolicyVersion(0),
    };

    internal static string Folder() => Directory.CreateTempSubdirectory("r1-policy-").FullName;
}
