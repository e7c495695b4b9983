using R1Reward.Data.Randomness;
using R1Reward.Policy.Models.Kernels;

namespace R1Reward.Policy.Tests.Models.Kernels;

public sealed unsafe class HeadAttentionTests
{
    [Theory]
    [InlineData(1, 1, 32)]
    [InlineData(2, 45, 35)]
    [InlineData(3, 8, 64)]
    [InlineData(7, 130, 80)]
    [InlineData(2, 6, 4)]
    public void Each_query_gets_the_mean_of_the_values_by_the_shares_of_its_scores(int group, int seen, int size)
    {
        float[] queries = Draw(group * size, 1), keys = Draw(seen * size, 2), values = Draw(seen * size, 3);
        var result = Attend(queries, group, keys, values, seen, size);
        for (var query = 0; query < group; query++)
        {
            double Score(int t) => Enumerable.Range(0, size)
                .Sum(i => (double)queries[(query * size) + i] * keys[(t * size) + i]) / Math.Sqrt(size);
            var shares = Enumerable.Range(0, seen).Select(t => Math.Exp(Score(t))).ToArray();
            for (var i = 0; i < size; i++)
            {
                var expected = Enumerable.Range(0, seen).Sum(t => shares[t] * values[(t * size) + i]) / shares.Sum();
                Assert.Equal(expected, result[(query * size) + i], 2e-5);
            }
        }
    }

    [Fact]
    public void A_query_gets_the_same_bits_whichever_queries_stand_beside_it()
    {
        const int group = 5, seen = 37, size = 48;
        float[] queries = Draw(group * size, 4), keys = Draw(seen * size, 5), values = Draw(seen * size, 6);
        var together = Attend(queries, group, keys, values, seen, size);
        for (var query = 0; query < group; query++)
        {
            var own = (query * size)..((query + 1) * size);
            Assert.Equal(together[own], Attend(queries[own], 1, keys, values, seen, size));
        }
    }

    private static float[] Attend(float[] queries, int group, float[] keys, float[] values, int seen, int size)
    {
        var result = new float[group * size];
        var scores = new float[2 * HeadAttention.ScoreCount(seen)];
        fixed (float* q = queries, k = keys, v = values, s = scores, r = result)
        {
            HeadAttention.Attend(q, group, k, v, seen, size, r, s, k);
        }

        return result;
    }

    private static float[] Draw(int count, long seed)
    {
        var random = CounterRandom.For(seed, "attention-tests");
        return [.. Enumerable.Range(0, count).Select(_ => (float)(4 * (random.NextDouble() - 0.5)))];
    }
}
