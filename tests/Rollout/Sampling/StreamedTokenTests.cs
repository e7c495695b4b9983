using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Tests;

public sealed class StreamedTokenTests(Factory factory) : IClassFixture<Factory>
{
    [Fact]
    public void Tokens_are_told_as_they_are_sampled_with_the_likeliest_beside_them()
    {
        using var engine = factory.Engine();
        var told = new List<StreamedToken>();

        var traces = Factory.Run(
            engine,
            factory.Request("red circle", samples: 3) with { OnToken = told.Add, TopLogProbs = 4 },
            factory.Request("blue square"));

        for (var sample = 0; sample < 3; sample++)
        {
            var tokens = told.Where(token => token.Sample == sample).ToList();
            var trace = traces[$"red circle/{sample}"];
            Assert.Equal(trace.Tokens, tokens.Select(token => token.Token));
            Assert.Equal(trace.LogProbs, tokens.Select(token => token.LogProb));
        }

        Assert.All(told, token =>
        {
            Assert.Equal(4, token.Likeliest.Length);
            Assert.Equal(
                token.Likeliest.Select(other => other.LogProb).OrderDescending(),
                token.Likeliest.Select(other => other.LogProb));
            Assert.InRange(token.Likeliest.Sum(other => Math.Exp(other.LogProb)), 0, 1.0001);
            Assert.All(
                token.Likeliest.Where(other => other.Token == token.Token),
                other => Assert.Equal(token.LogProb, other.LogProb, 5));
            Assert.True(token.LogProb <= token.Likeliest[0].LogProb + 1e-5);
        });
    }

    [Fact]
    public void All_tokens_together_are_certain()
    {
        using var engine = factory.Engine();
        var told = new List<StreamedToken>();

        Factory.Run(engine, factory.Request("red") with { OnToken = told.Add, TopLogProbs = int.MaxValue });

        Assert.All(told, token =>
        {
            Assert.Equal(
                factory.Tokenizer.VocabularySize,
                token.Likeliest.Select(other => other.Token).Distinct().Count());
            Assert.Equal(1, token.Likeliest.Sum(other => Math.Exp(other.LogProb)), 4);
        });
    }
}
