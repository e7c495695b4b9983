using R1Reward.Data;
using R1Reward.Data.Randomness;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Tests;

public sealed class TokenSamplerTests
{
    private const int Vocabulary = 37;
    private const int Draws = 40_000;

    private static readonly float[] _logits =
        [.. Enumerable.Range(0, Vocabulary).Select(token => (float)(3 * CounterRandom.UniformAt(5, 0, (ulong)token)))];

    [Theory]
    [InlineData(1.0, 1.0, 0, 0.0)]
    [InlineData(0.7, 1.0, 0, 0.0)]
    [InlineData(1.0, 0.8, 0, 0.0)]
    [InlineData(1.0, 1.0, 5, 0.0)]
    [InlineData(1.3, 0.9, 20, 0.2)]
    public void Tokens_are_drawn_with_the_filtered_probabilities(double temperature, double topP, int topK, double minP)
    {
        var options = new SamplingOptions { Temperature = temperature, TopP = topP, TopK = topK, MinP = minP };
        var expected = Reference(options);
        var counts = new int[Vocabulary];
        var sampler = new TokenSampler(Vocabulary);
        for (ulong i = 0; i < Draws; i++)
        {
            counts[sampler.Sample(_logits, options, null, CounterRandom.UniformAt(17, 3, i)).Token]++;
        }

        double chiSquare = 0;
        for (var token = 0; token < Vocabulary; token++)
        {
            if (expected[token] == 0)
            {
                Assert.Equal(0, counts[token]);
                continue;
            }

            var difference = counts[token] - (Draws * expected[token]);
            chiSquare += difference * difference / (Draws * expected[token]);
        }

        // Five standard deviations above the mean of a chi-square variable.
        var freedom = expected.Count(probability => probability > 0) - 1;
        Assert.InRange(chiSquare, 0, freedom + (5 * Math.Sqrt(2.0 * freedom)));
    }

    [Theory]
    [InlineData(double.Epsilon, 0)]
    [InlineData(1e-40, 0)]
    [InlineData(1e-40, 3)]
    [InlineData(1e-12, 0)]
    public void Temperatures_too_small_to_divide_by_take_the_most_likely_token(double temperature, int topK)
    {
        var options = new SamplingOptions { Temperature = temperature, TopK = topK };
        options.Validate();

        var choice = new TokenSampler(Vocabulary, [0]).Sample(_logits, options, null, 0.99);

        Assert.Equal(Array.IndexOf(_logits, _logits.Skip(1).Max()), choice.Token);
        Assert.True(float.IsFinite(choice.LogProb) && float.IsFinite(choice.ProcessedLogProb));
    }

    [Fact]
    public void The_largest_temperature_still_forbids_tokens()
    {
        var options = new SamplingOptions { Temperature = 1e30 };
        options.Validate();

        var probabilities = new TokenSampler(Vocabulary, [0]).Probabilities(_logits, options, null);

        Assert.Equal((0f, 1f), (probabilities[0], probabilities.Sum()));
    }

    [Fact]
    public void Log_prob_is_that_of_the_unfiltered_model_at_temperature_one()
    {
        var sampler = new TokenSampler(Vocabulary);
        var total = _logits.Sum(logit => Math.Exp(logit));
        var options = new SamplingOptions { Temperature = 0.3, TopK = 3, RepetitionPenalty = 2 };
        for (ulong i = 0; i < 50; i++)
        {
            var (token, logProb, _) =
                sampler.Sample(_logits, options, new HashSet<int> { 1, 2 }, CounterRandom.UniformAt(1, 1, i));
            Assert.Equal(_logits[token] - Math.Log(total), logProb, 1e-5);
        }
    }

    [Fact]
    public void Greedy_takes_the_most_likely_token_after_the_penalty()
    {
        var sampler = new TokenSampler(3);
        var greedy = new SamplingOptions { Temperature = 0, RepetitionPenalty = 2 };
        Assert.Equal(2, sampler.Sample([1f, 2f, 3f], greedy, null, 0.1).Token);
        Assert.Equal(1, sampler.Sample([1f, 2f, 3f], greedy, new HashSet<int> { 2 }, 0.1).Token);
        Assert.Equal(0, sampler.Sample([-1f, -1.5f, -1.2f], greedy, new HashSet<int> { 1, 2 }, 0.1).Token);
    }

    [Fact]
    public void Impossible_tokens_are_never_drawn()
    {
        var sampler = new TokenSampler(3);
        Assert.Equal(
            1,
            sampler.Sample([float.NegativeInfinity, 0, float.NegativeInfinity], new SamplingOptions(), null, 0).Token);
        Assert.Equal(
            1,
            sampler.Sample(
                [float.NegativeInfinity, 0, float.NegativeInfinity],
                new SamplingOptions(),
                null,
                1 - 1e-16).Token);
    }

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(0.0, 0)]
    [InlineData(0.7, 2)]
    public void Forbidden_tokens_and_those_that_come_too_early_are_never_chosen(double temperature, int topK)
    {
        var sampler = new TokenSampler(4, [3]);
        var options = new SamplingOptions { Temperature = temperature, TopK = topK };
        for (ulong i = 0; i < 200; i++)
        {
            var uniform = CounterRandom.UniformAt(2, 2, i);
            Assert.DoesNotContain(sampler.Sample([0f, 1f, 2f, 5f], options, null, uniform).Token, new[] { 3 });
            Assert.DoesNotContain(
                sampler.Sample([0f, 1f, 2f, 5f], options, null, uniform, new HashSet<int> { 2 }).Token,
                new[] { 2, 3 });
        }
    }

    [Fact]
    public void Processed_log_prob_is_that_of_what_the_token_was_drawn_from()
    {
        var options = new SamplingOptions { Temperature = 0.7, TopK = 9, RepetitionPenalty = 1.5 };
        var sampler = new TokenSampler(Vocabulary);
        var seen = new HashSet<int> { 4, 5 };
        for (ulong i = 0; i < 50; i++)
        {
            var (token, _, processed) = sampler.Sample(_logits, options, seen, CounterRandom.UniformAt(1, 4, i));
            Assert.Equal(Math.Log(sampler.Probabilities(_logits, options, seen)[token]), processed, 1e-5);
        }
    }

    [Fact]
    public void Without_anything_left_to_choose_from_the_run_stops() =>
        Assert.Contains(
            "No token",
            Assert.Throws<InvalidOperationException>(
                () => new TokenSampler(2, [0]).Sample(
                    [0, 1],
                    new SamplingOptions(),
                    null,
                    0.5,
                    new HashSet<int> { 1 })).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Broken_logits_stop_the_run(float value) =>
        Assert.Contains(
            "its weights are damaged",
            Assert.Throws<UserErrorException>(
                () => new TokenSampler(2).Sample([0, value], new SamplingOptions(), null, 0.5)).Message);

    // Straight from the definitions, in double precision.
    private static double[] Reference(SamplingOptions options)
    {
        var weights = _logits.Select(logit => Math.Exp(logit / options.Temperature)).ToArray();
        var order = Enumerable.Range(0, Vocabulary).OrderByDescending(token => weights[token]).ToList();
        foreach (var token in order.Skip(options.TopK > 0 ? options.TopK : Vocabulary))
        {
            weights[token] = 0;
        }

        var total = weights.Sum();
        double before = 0;
        foreach (var token in order)
        {
            var weight = weights[token];
            if (before / total >= options.TopP)
            {
                weights[token] = 0;
            }

            before += weight;
        }

        var limit = options.MinP * weights.Max();
        weights = [.. weights.Select(weight => weight < limit ? 0 : weight)];
        return [.. weights.Select(weight => weight / weights.Sum())];
    }
}
