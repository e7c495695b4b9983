using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange;

/// <summary>
/// What the ranks of a group of learners do together. Every rank calls the same members in the same order with tensors
/// of the same sizes, each on one thread of its own. For a given number of ranks sums are made in a fixed order, so a
/// second run has the same bits, and all ranks get the same ones.
/// </summary>
public interface ICollective : IDisposable
{
    /// <summary>Number of this rank, from 0.</summary>
    int Rank { get; }

    /// <summary>How many ranks there are.</summary>
    int Count { get; }

    /// <summary>Replaces each element by its sum over all ranks.</summary>
    /// <param name="flat">float32 in one dimension, of one size on all ranks.</param>
    /// <exception cref="RankLostException">Another rank is gone, or does something else.</exception>
    void AllReduce(Tensor flat)
    {
        ReduceScatter(flat);
        AllGather(flat);
    }

    /// <summary>
    /// Replaces each element by its sum over all ranks, within the part of the tensor that is this rank's
    /// (<see cref="RankShare.PartOf"/>); what the other parts then hold is of no use.
    /// </summary>
    /// <param name="flat">float32 in one dimension, of one size on all ranks.</param>
    /// <exception cref="RankLostException">Another rank is gone, or does something else.</exception>
    void ReduceScatter(Tensor flat);

    /// <summary>Replaces every part of the tensor by what the rank has there whose part it is.</summary>
    /// <param name="flat">One dimension, of one size and number format on all ranks.</param>
    /// <exception cref="RankLostException">Another rank is gone, or does something else.</exception>
    void AllGather(Tensor flat);

    /// <summary>The numbers of every rank, in the order of the ranks.</summary>
    /// <param name="own">This rank's numbers, as many as the others'.</param>
    /// <exception cref="RankLostException">Another rank is gone, or does something else.</exception>
    double[][] Gather(double[] own);

    /// <summary>Looks between exchanges, without waiting, for what tells of a rank that is gone.</summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    void LookForLost()
    {
        // Ranks without connections have nothing to look at.
    }
}
