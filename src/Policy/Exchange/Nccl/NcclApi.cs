using System.Runtime.InteropServices;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>
/// The functions of NVIDIA's libnccl that are used, from 2.14 on; each field is the function of its name after
/// <c>nccl</c>, as <c>nccl.h</c> declares it.
/// </summary>
internal sealed unsafe class NcclApi
{
    internal readonly delegate* unmanaged<NcclUniqueId*, int> GetUniqueId;
    internal readonly delegate* unmanaged<nint*, int, NcclUniqueId, int, NcclConfig*, int> CommInitRankConfig;
    internal readonly delegate* unmanaged<nint, int*, int> CommGetAsyncError;
    internal readonly delegate* unmanaged<nint, int> CommAbort;
    internal readonly delegate* unmanaged<int, byte*> GetErrorString;
    internal readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> AllReduce;
    internal readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> ReduceScatter;
    internal readonly delegate* unmanaged<void*, void*, nuint, int, nint, nint, int> AllGather;
    internal readonly delegate* unmanaged<void*, void*, nuint, int, int, int, nint, nint, int> Reduce;
    internal readonly delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> Broadcast;
    internal readonly delegate* unmanaged<int> GroupStart;
    internal readonly delegate* unmanaged<int> GroupEnd;

    /// <param name="export">The address of a function by its name in the library.</param>
    internal NcclApi(Func<string, nint> export)
    {
        GetUniqueId = (delegate* unmanaged<NcclUniqueId*, int>)export("ncclGetUniqueId");
        CommInitRankConfig = (delegate* unmanaged<nint*, int, NcclUniqueId, int, NcclConfig*, int>)
            export("ncclCommInitRankConfig");
        CommGetAsyncError = (delegate* unmanaged<nint, int*, int>)export("ncclCommGetAsyncError");
        CommAbort = (delegate* unmanaged<nint, int>)export("ncclCommAbort");
        GetErrorString = (delegate* unmanaged<int, byte*>)export("ncclGetErrorString");
        AllReduce = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)export("ncclAllReduce");
        ReduceScatter = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)
            export("ncclReduceScatter");
        AllGather = (delegate* unmanaged<void*, void*, nuint, int, nint, nint, int>)export("ncclAllGather");
        Reduce = (delegate* unmanaged<void*, void*, nuint, int, int, int, nint, nint, int>)export("ncclReduce");
        Broadcast = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)export("ncclBroadcast");
        GroupStart = (delegate* unmanaged<int>)export("ncclGroupStart");
        GroupEnd = (delegate* unmanaged<int>)export("ncclGroupEnd");
    }

    /// <summary>What the library says of a result.</summary>
    internal string Meaning(int result) => Marshal.PtrToStringUTF8((nint)GetErrorString(result)) ?? $"error {result}";
}
