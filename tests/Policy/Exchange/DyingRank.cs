using R1Reward.Policy.Exchange;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Exchange;

/// <summary>A rank that is lost before one of its exchanges, which its neighbours notice by its connections.</summary>
/// <param name="inner">Its connections.</param>
/// <param name="last">How many exchanges it takes part in.</param>
/// <param name="death">What it throws then.</param>
internal sealed class DyingRank(ICollective inner, int last, Func<Exception> death) : ICollective
{
    public int Exchanges { get; private set; }

    public int Rank => inner.Rank;

    public int Count => inner.Count;

    public void ReduceScatter(Tensor flat)
    {
        Exchange();
        inner.ReduceScatter(flat);
    }

    public void AllGather(Tensor flat)
    {
        Exchange();
        inner.AllGather(flat);
    }

    public double[][] Gather(double[] own)
    {
        Exchange();
        return inner.Gather(own);
    }

    public void Dispose() => inner.Dispose();

    private void Exchange()
    {
        if (Exchanges++ == last)
        {
            inner.Dispose();
            throw death();
        }
    }
}
