using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Training;

public sealed class FrozenPartsTests
{
    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    [InlineData(2, 1)]
    public void Other_ranks_read_their_parts_from_the_files_and_say_the_same_of_replies(int before, int after)
    {
        using var folder = new TempFolder();
        using var whole = Some.Model(seed: 2);
        Checkpoint.Save(whole, folder.Path);
        var rows = Some.Rows(5);
        var expected = ResponseLogProbs.Compute(whole, rows, 24);
        var reads = new int[3];
        (CausalLM Model, FrozenParts Parts)[] held = [.. Enumerable.Range(0, 3).Select(number =>
        {
            var model = Some.Model(seed: 2);
            return (model, new FrozenParts(model, () =>
            {
                reads[number]++;
                Checkpoint.LoadInto(model, folder.Path);
            }));
        })];

        foreach (var ranks in new[] { before, after, after })
        {
            var computed = LoopbackRing.Run(ranks, rank =>
            {
                var (model, parts) = held[rank.Rank];
                parts.ShareOut(rank);
                Assert.Equal(rank.Count == 1, model.IsWhole);
                return ResponseLogProbs.Compute(model, rows, 24, ranks: rank);
            });
            Assert.All(computed, all => Assert.All(
                all.Zip(expected), pair => Numbers.Close(pair.Second, pair.First, 1e-5, "log-probabilities")));
        }

        Assert.All(reads.Take(Math.Min(before, after)), count => Assert.Equal(1, count));
        Assert.Equal(0, reads.Skip(Math.Min(before, after)).Sum());
        foreach (var (model, parts) in held)
        {
            parts.Dispose();
            model.Dispose();
        }
    }
}
