using R1Reward.Data.Randomness;

namespace R1Reward.Data.Tests.Randomness;

public sealed class CounterRandomTests
{
    [Fact]
    public void The_block_function_matches_the_published_vectors_of_Philox4x32_10()
    {
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), CounterRandom.Philox(0, 0, 0, 0, 0, 0));
        Assert.Equal(
            (0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu),
            CounterRandom.Philox(
                uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            CounterRandom.Philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    [Fact]
    public void A_number_depends_on_its_position_not_on_what_was_drawn_before()
    {
        var key = CounterRandom.KeyOf(7, "test", 3);
        var random = CounterRandom.For(7, "test", 3);
        Assert.All(
            Enumerable.Range(0, 100),
            i => Assert.Equal(CounterRandom.UniformAt(key, 0, (ulong)i), random.NextDouble()));
    }

    [Fact]
    public void Seeds_purposes_and_paths_give_different_streams()
    {
        ulong[] keys =
        [
            CounterRandom.KeyOf(1, "a"), CounterRandom.KeyOf(2, "a"), CounterRandom.KeyOf(1, "b"),
            CounterRandom.KeyOf(1, "a", 0), CounterRandom
                .KeyOf(1, "a", 1), CounterRandom
                .KeyOf(1, "a", 0, 1), CounterRandom
                .KeyOf(1, "a", 1, 0),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void Draws_are_even_over_their_range()
    {
        var random = CounterRandom.For(11, "even");
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[random.Next(7)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
        Assert.InRange(Enumerable.Range(0, 50_000).Average(_ => random.NextDouble()), 0.495, 0.505);
    }

    [Fact]
    public void Shuffling_keeps_the_items_and_reaches_every_order()
    {
        var orders = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            char[] items = ['a', 'b', 'c'];
            CounterRandom.For(5, "shuffle", i).Shuffle(items);
            orders.Add(new string(items));
        }

        Assert.Equal(6, orders.Count);
    }
}
