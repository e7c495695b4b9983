using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Tests.Runs.Pairs;

public sealed class PassOrderTests
{
    private static readonly PreferencePair[] Pairs =
    [
        .. new int?[] { 4, 1, null, 2, 1, 3, 2, 1 }.Select((difficulty, index) => new PreferencePair
        {
            Id = new PairId($"{index}"),
            Question = "q",
            Response1 = "a",
            Response2 = "b",
            Difficulty = difficulty,
        }),
    ];

    [Fact]
    public void Easy_pairs_come_first_in_every_pass_and_those_of_unknown_difficulty_last()
    {
        var order = new PassOrder(1, easyFirst: true);
        for (var pass = 0; pass < 3; pass++)
        {
            Assert.Equal(
                [1, 1, 1, 2, 2, 3, 4, null],
                Enumerable.Range(pass * Pairs.Length, Pairs.Length).Select(index => order.At(Pairs, index).Difficulty));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_pass_has_every_pair_once_in_an_order_of_its_own_that_the_seed_decides(bool easyFirst)
    {
        string[] Ids(long seed, int pass)
        {
            var order = new PassOrder(seed, easyFirst);
            return [.. Enumerable.Range(pass * Pairs.Length, Pairs.Length).Select(at => order.At(Pairs, at).Id.Value)];
        }

        Assert.Equal(Pairs.Select(pair => pair.Id.Value), Ids(1, 0).Order());
        Assert.Equal(Ids(1, 0), Ids(1, 0));
        Assert.Contains(Enumerable.Range(1, 5), pass => !Ids(1, pass).SequenceEqual(Ids(1, 0)));
    }
}
