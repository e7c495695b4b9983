using R1Reward.Data.Prompts;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;

namespace R1Reward.Cli.Measuring;

/// <summary>Tokens per second that a tokenizer reads and writes, of prompts with judgments, on one thread.</summary>
/// <param name="time">The clock.</param>
internal sealed class TokenizerBench(TimeProvider time)
{
    /// <summary>How many prompts are read in a round.</summary>
    public int Prompts { get; init; } = 2000;

    /// <summary>Measures the tokenizer of a folder, or one that is trained on the prompts.</summary>
    /// <param name="folder">A model folder; null: 1,024 ids at most are trained.</param>
    /// <param name="rounds">Measurements, of which the median counts; one more comes before them.</param>
    public IReadOnlyList<RateRow> Measure(string? folder, int rounds)
    {
        var scenes = new SceneGenerator(seed: 1, new SceneOptions());
        string[] texts =
        [
            .. Enumerable.Range(0, Prompts).Select(i => scenes.Pair(SceneSide.Train, i)).Select(pair =>
                PromptTemplate.R1Pairwise.Fill(pair) + pair.Judgment),
        ];
        var tokenizer = folder is null ? Train(texts) : Tokenizer.Load(folder);
        var ids = Array.ConvertAll(texts, tokenizer.Encode);
        var tokens = ids.Sum(one => one.Length);
        return
        [
            new RateRow("encode", tokens / Seconds(() => Array.ForEach(texts, text => tokenizer.Encode(text)))),
            new RateRow("decode", tokens / Seconds(() => Array.ForEach(ids, one => tokenizer.Decode(one)))),
        ];

        double Seconds(Action work) =>
            Enumerable.Range(0, rounds + 1).Select(_ => Once(work)).Skip(1).Order().ElementAt(rounds / 2);
    }

    private double Once(Action work)
    {
        var start = time.GetTimestamp();
        work();
        return time.GetElapsedTime(start).TotalSeconds;
    }

    private static Tokenizer Train(string[] texts)
    {
        var folder = Directory.CreateTempSubdirectory("r1reward-bench-");
        try
        {
            var trainer = new BpeTrainer();
            Array.ForEach(texts, trainer.Add);
            return trainer.Train(1024, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
