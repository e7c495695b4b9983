using System.Runtime.CompilerServices;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>NCCL's <c>ncclUniqueId</c>: 128 bytes by which the ranks of one group find each other.</summary>
[InlineArray(Bytes)]
internal struct NcclUniqueId
{
    /// <summary><c>NCCL_UNIQUE_ID_BYTES</c> of the header.</summary>
    internal const int Bytes = 128;

    private byte _first;
}
