using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Tests;

/// <summary>What a decoding step allocates on the managed heap.</summary>
public sealed class AllocationTests(Factory factory) : IClassFixture<Factory>
{
    [Fact]
    public void A_step_allocates_nothing_for_its_tokens()
    {
        Assert.Equal(BytesOfSteps(sequences: 4), BytesOfSteps(sequences: 32));
    }

    private long BytesOfSteps(int sequences)
    {
        using var engine = factory.Engine(maxSequences: 32, parts: 1);
        var sampling = new SamplingOptions { MaxNewTokens = 40, StopTokens = new HashSet<int>() };
        for (var number = 0; number < sequences; number++)
        {
            engine.Add(factory.Request($"red {number}", sampling: sampling));
        }

        // Lists of tokens double when they are full, with the 17th and the 33rd.
        void Steps(int count)
        {
            for (var step = 0; step < count; step++)
            {
                engine.Step(_ => { });
            }
        }

        Steps(18);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Steps(10);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
