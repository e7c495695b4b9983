using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>
/// A rank's membership in a group of NCCL with the stream in which it exchanges. It outlives the exchanges of one
/// hand-out, for to connect takes seconds where there are many ranks; whether the same ranks still have it is told by
/// its mark. For one thread at a time.
/// </summary>
/// <param name="device">The GPU whose tensors are exchanged; a GPU of one rank alone.</param>
/// <param name="nccl">The library.</param>
/// <param name="cuda">The driver.</param>
internal sealed unsafe class NcclGroup(Device device, NcclApi nccl, CudaApi cuda) : IDisposable
{
    private double _mark;
    private (int Rank, int Count) _seat;

    /// <summary>The GPU whose tensors are exchanged.</summary>
    internal Device Device => device;

    /// <summary>The library that connects the ranks.</summary>
    internal NcclApi Nccl => nccl;

    /// <summary>The stream in which exchanges run.</summary>
    internal CudaStream Stream { get; } = new(cuda, Math.Max(0, device.index));

    /// <summary>NCCL's handle; 0 where there is no group.</summary>
    internal nint Handle { get; private set; }

    /// <summary>
    /// A number that the ranks of one group share and no other group has; 0 without a group, or with one of another
    /// size or order than the ring's.
    /// </summary>
    internal double MarkFor(ICollective ring) => Handle != 0 && _seat == (ring.Rank, ring.Count) ? _mark : 0;

    /// <summary>A new id, by which all ranks of a group begin to connect.</summary>
    /// <param name="result">What NCCL says to it.</param>
    internal NcclUniqueId NewId(out int result)
    {
        NcclUniqueId id = default;
        result = nccl.GetUniqueId(&id);
        return id;
    }

    /// <summary>Begins to connect with the ranks of a ring in a new group, in place of the one that was.</summary>
    /// <returns>What NCCL says to it; the group is there once no error follows.</returns>
    internal int Begin(NcclUniqueId id, ICollective ring)
    {
        Abort();
        var digest = SHA256.HashData(MemoryMarshal.AsBytes(new Span<NcclUniqueId>(ref id)));
        (_mark, _seat) = ((BitConverter.ToUInt64(digest) >> 12) + 1, (ring.Rank, ring.Count));
        var config = NcclConfig.NonBlocking;
        nint group = 0;
        var result = nccl.CommInitRankConfig(&group, ring.Count, id, ring.Rank, &config);
        Handle = group;
        return result;
    }

    /// <summary>Ends the group with whatever is under way in it.</summary>
    internal void Abort()
    {
        if (Handle != 0)
        {
            _ = nccl.CommAbort(Handle);
            Handle = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Abort();
        Stream.Dispose();
    }
}
