using R1Reward.Actors.Coordination;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class SamplingRateTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void The_rate_is_that_of_the_last_minute_and_unknown_before_the_first_traces()
    {
        var rate = new SamplingRate(_time);
        Assert.Null(rate.Now);

        rate.Note(Sampled(traces: 4, tokens: 10));
        Assert.Equal(new RunThroughput(4, 40), rate.Now);
        _time.Advance(TimeSpan.FromSeconds(20));
        rate.Note(Sampled(traces: 6, tokens: 10));
        Assert.Equal(new RunThroughput(0.5, 5), rate.Now);

        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(new RunThroughput(0.1, 1), rate.Now);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(new RunThroughput(0, 0), rate.Now);
    }

    private static RolloutResult Sampled(int traces, int tokens) => new([.. Enumerable.Range(0, traces).Select(id =>
        new Trace
        {
            Id = $"{id}",
            Pair = new PairId("p"),
            PromptTokens = [1],
            Tokens = [.. new int[tokens]],
            LogProbs = [.. new float[tokens]],
            Text = "",
            Finish = FinishReason.Stop,
            Version = new PolicyVersion(0),
        })]);
}
