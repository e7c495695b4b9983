using R1Reward.Data.Prompts;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Training;

public sealed class MicroBatchesTests
{
    private const double WantedPadding = 0.1;

    public static TheoryData<int, int> Batches => new()
    {
        { 16, 2048 }, { 16, 16384 }, { 64, 2048 }, { 64, 16384 }, { 256, 2048 }, { 256, 65536 },
    };

    [Theory]
    [MemberData(nameof(Batches))]
    public void Padding_is_less_than_a_tenth_of_the_quickstarts_tokens(int rows, int maxTokens)
    {
        using var folder = new TempFolder();
        var scenes = new SceneGenerator(seed: 1, new SceneOptions());
        var pairs = Enumerable.Range(0, rows).Select(i => scenes.Pair(SceneSide.Train, i)).ToList();
        var trainer = new BpeTrainer();
        pairs.ForEach(pair => trainer.Add(PromptTemplate.Compact.Fill(pair) + pair.Judgment));
        var tokenizer = trainer.Train(384, folder.At("tokenizer"));

        var padding = PaddingOf(
            [.. pairs.Select(pair => tokenizer.Encode(PromptTemplate.Compact.Fill(pair) + pair.Judgment).Length)],
            maxTokens);

        Assert.InRange(padding, 0, WantedPadding);
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void Padding_is_less_than_a_tenth_of_lengths_that_spread_widely(int rows, int maxTokens)
    {
        var random = new Random(rows + maxTokens);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
        int[] lengths = [.. Enumerable.Range(0, rows).Select(_ => (int)Math.Exp(6 + (0.8 * Normal())) + 8)];

        Assert.InRange(PaddingOf(lengths, maxTokens), 0, WantedPadding);
    }

    [Fact]
    public void No_cut_has_less_padding_in_as_few_pieces()
    {
        int[] lengths = [130, 900, 210, 520, 140, 515, 100, 880, 230];
        var plan = MicroBatches.Plan(lengths, 2000);
        int[] sorted = [.. lengths.Order()];

        // Every way to cut the sorted rows in two or not between neighbours.
        var least = Enumerable.Range(0, 1 << (sorted.Length - 1))
            .Select(cuts => Cut(sorted, cuts))
            .Where(pieces => pieces.Count == plan.Count && pieces.All(piece => piece.Count * piece[^1] <= 2000))
            .Min(pieces => pieces.Sum(piece => piece.Count * piece[^1]));

        Assert.Equal(least, plan.Sum(piece => piece.Length * piece.Max(row => lengths[row])));
    }

    [Fact]
    public void A_row_that_is_longer_than_a_piece_may_be_stands_alone()
    {
        var plan = MicroBatches.Plan([50, 3000, 60, 2900], 1000);

        Assert.Equal([[0, 2], [3], [1]], plan);
    }

    private static List<List<int>> Cut(int[] sorted, int cuts)
    {
        List<List<int>> pieces = [[sorted[0]]];
        for (var i = 1; i < sorted.Length; i++)
        {
            if ((cuts >> (i - 1) & 1) == 1)
            {
                pieces.Add([]);
            }

            pieces[^1].Add(sorted[i]);
        }

        return pieces;
    }

    private static double PaddingOf(int[] lengths, int maxTokens)
    {
        var plan = MicroBatches.Plan(lengths, maxTokens);
        Assert.Equal(Enumerable.Range(0, lengths.Length), plan.SelectMany(piece => piece).Order());
        var computed = plan.Sum(piece => piece.Length * piece.Max(row => lengths[row]));
        Assert.All(plan.Where(piece => piece.Length > 1), piece =>
            Assert.InRange(piece.Length * piece.Max(row => lengths[row]), 1, maxTokens));
        return 1 - (lengths.Sum() / (double)computed);
    }
}
