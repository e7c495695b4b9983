using R1Reward.Policy.Exchange;

namespace R1Reward.Policy.Optimization;

/// <summary>Weights that are there together until this is disposed.</summary>
/// <param name="parts">What each rank holds of them.</param>
internal sealed class UsedWeights(IReadOnlyList<WeightPart> parts) : IDisposable
{
    /// <summary>Brings all of them in; all ranks call it together.</summary>
    /// <exception cref="RankLostException">Another rank is gone; none of them is there.</exception>
    internal void BringIn(ICollective ranks)
    {
        try
        {
            foreach (var part in parts)
            {
                part.BringIn(ranks);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in parts)
        {
            part.Drop();
        }
    }
}
