using R1Reward.Policy.Exchange;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Exchange;

/// <summary>The first of several ranks, whose others are asked for nothing.</summary>
/// <param name="count">How many there are.</param>
internal sealed class SilentRanks(int count) : ICollective
{
    public int Rank => 0;

    public int Count => count;

    public void ReduceScatter(Tensor flat) => throw new NotSupportedException();

    public void AllGather(Tensor flat) => throw new NotSupportedException();

    public double[][] Gather(double[] own) => throw new NotSupportedException();

    public void Dispose()
    {
        // Nothing is connected.
    }
}
