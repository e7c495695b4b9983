using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout.Tests;

/// <summary>What a decoding step allocates on the managed heap.</summary>
public sealed class AllocationTests(Factory factory) : IClassFixture<Factory>
{
    private const int Steps = 10;

    [Fact]
    public void A_step_allocates_nothing_for_its_tokens()
    {
        // Less than a byte for each of the 28 further tokens of a step. The first round allocates more: what is made
        // once in a process.
        BytesOfSteps(sequences: 32);
        Assert.InRange(BytesOfSteps(sequences: 32) - BytesOfSteps(sequences: 4), long.MinValue, 27L * Steps);
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
        void Make(int count)
        {
            for (var step = 0; step < count; step++)
            {
                engine.Step(_ => { });
            }
        }

        Make(18);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Make(Steps);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
