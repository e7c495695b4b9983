using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using R1Reward.Policy.Exchange.Nccl;

namespace R1Reward.Policy.Tests.Exchange.Nccl;

/// <summary>
/// NCCL and the CUDA driver as tables of functions of C#, which take down how they are called. A group's handle is its
/// rank and 100. For one test at a time.
/// </summary>
internal static unsafe class FakeGpu
{
    private static readonly Dictionary<string, nint> _functions = new()
    {
        ["ncclGetUniqueId"] = (nint)(delegate* unmanaged<NcclUniqueId*, int>)&GetUniqueId,
        ["ncclCommInitRankConfig"] =
            (nint)(delegate* unmanaged<nint*, int, NcclUniqueId, int, NcclConfig*, int>)&CommInitRankConfig,
        ["ncclCommGetAsyncError"] = (nint)(delegate* unmanaged<nint, int*, int>)&CommGetAsyncError,
        ["ncclCommAbort"] = (nint)(delegate* unmanaged<nint, int>)&CommAbort,
        ["ncclGetErrorString"] = (nint)(delegate* unmanaged<int, byte*>)&GetErrorString,
        ["ncclAllReduce"] = (nint)(delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)&AllReduce,
        ["ncclReduceScatter"] =
            (nint)(delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)&ReduceScatter,
        ["ncclAllGather"] = (nint)(delegate* unmanaged<void*, void*, nuint, int, nint, nint, int>)&AllGather,
        ["ncclReduce"] = (nint)(delegate* unmanaged<void*, void*, nuint, int, int, int, nint, nint, int>)&Reduce,
        ["ncclBroadcast"] = (nint)(delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)&Broadcast,
        ["ncclGroupStart"] = (nint)(delegate* unmanaged<int>)&GroupStart,
        ["ncclGroupEnd"] = (nint)(delegate* unmanaged<int>)&GroupEnd,
        ["cuStreamQuery"] = (nint)(delegate* unmanaged<nint, int>)&StreamQuery,
        ["cuDeviceGet"] = (nint)(delegate* unmanaged<int*, int, int>)&DeviceGet,
        ["cuDevicePrimaryCtxRetain"] = (nint)(delegate* unmanaged<nint*, int, int>)&Retain,
        ["cuStreamCreate"] = (nint)(delegate* unmanaged<nint*, uint, int>)&Make,
        ["cuEventCreate"] = (nint)(delegate* unmanaged<nint*, uint, int>)&Make,
        ["cuInit"] = (nint)(delegate* unmanaged<uint, int>)&Init,
        ["cuDevicePrimaryCtxRelease_v2"] = (nint)(delegate* unmanaged<int, int>)&Release,
        ["cuCtxSetCurrent"] = (nint)(delegate* unmanaged<nint, int>)&Do,
        ["cuStreamDestroy_v2"] = (nint)(delegate* unmanaged<nint, int>)&Do,
        ["cuEventDestroy_v2"] = (nint)(delegate* unmanaged<nint, int>)&Do,
        ["cuEventRecord"] = (nint)(delegate* unmanaged<nint, nint, int>)&Record,
        ["cuStreamWaitEvent"] = (nint)(delegate* unmanaged<nint, nint, uint, int>)&WaitEvent,
    };

    private static readonly nint _text = Marshal.StringToCoTaskMemUTF8("remote process exited");

    /// <summary>Calls of NCCL in their order.</summary>
    public static ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>What asynchronous errors are asked for give, one after the other; then success.</summary>
    public static ConcurrentQueue<int> States { get; } = [];

    /// <summary>What calls of NCCL give.</summary>
    public static int Result { get; set; }

    /// <summary>What asking a stream gives: 0 done, 600 not yet.</summary>
    public static int Stream { get; set; }

    public static NcclApi Nccl => new(AddressOf);

    public static CudaApi Cuda => new(AddressOf);

    public static void Reset()
    {
        Calls.Clear();
        States.Clear();
        (Result, Stream) = (0, 0);
    }

    private static nint AddressOf(string name) => _functions.GetValueOrDefault(name);

    private static int Take(string call)
    {
        Calls.Enqueue(call);
        return Result;
    }

    [UnmanagedCallersOnly]
    private static int GetUniqueId(NcclUniqueId* id)
    {
        for (var place = 0; place < NcclUniqueId.Bytes; place++)
        {
            (*id)[place] = (byte)((place * 37) + 200);
        }

        return Take("id");
    }

    [UnmanagedCallersOnly]
    private static int CommInitRankConfig(nint* group, int ranks, NcclUniqueId id, int rank, NcclConfig* config)
    {
        *group = 100 + rank;
        var bytes = string.Join(' ', MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<NcclUniqueId, byte>(ref id), 128)
            .ToArray());
        return Take($"init rank {rank} of {ranks} blocking {config->Blocking} id {bytes}");
    }

    [UnmanagedCallersOnly]
    private static int CommGetAsyncError(nint group, int* state)
    {
        *state = States.TryDequeue(out var next) ? next : NcclTypes.Success;
        return group >= 100 ? 0 : 4;
    }

    [UnmanagedCallersOnly]
    private static int CommAbort(nint group) => Take($"abort {group}");

    [UnmanagedCallersOnly]
    private static byte* GetErrorString(int result) => (byte*)_text;

    [UnmanagedCallersOnly]
    private static int AllReduce(void* from, void* to, nuint count, int type, int op, nint group, nint stream) =>
        Take($"all-reduce {(nint)from} {(nint)to} {count} type {type} op {op} of {group} in {stream}");

    [UnmanagedCallersOnly]
    private static int ReduceScatter(void* from, void* to, nuint count, int type, int op, nint group, nint stream) =>
        Take($"reduce-scatter {(nint)from} {(nint)to} {count} type {type} op {op} of {group} in {stream}");

    [UnmanagedCallersOnly]
    private static int AllGather(void* from, void* to, nuint count, int type, nint group, nint stream) =>
        Take($"all-gather {(nint)from} {(nint)to} {count} type {type} of {group} in {stream}");

    [UnmanagedCallersOnly]
    private static int Reduce(void* from, void* to, nuint count, int type, int op, int root, nint group, nint stream) =>
        Take($"reduce {(nint)from} {(nint)to} {count} type {type} op {op} root {root} of {group} in {stream}");

    [UnmanagedCallersOnly]
    private static int Broadcast(void* from, void* to, nuint count, int type, int root, nint group, nint stream) =>
        Take($"broadcast {(nint)from} {(nint)to} {count} type {type} root {root} of {group} in {stream}");

    [UnmanagedCallersOnly]
    private static int GroupStart() => Take("group {");

    [UnmanagedCallersOnly]
    private static int GroupEnd() => Take("}");

    [UnmanagedCallersOnly]
    private static int StreamQuery(nint stream) => Stream;

    [UnmanagedCallersOnly]
    private static int DeviceGet(int* device, int index) => *device = index;

    [UnmanagedCallersOnly]
    private static int Retain(nint* context, int device) => Made(context);

    [UnmanagedCallersOnly]
    private static int Make(nint* made, uint flags) => Made(made);

    [UnmanagedCallersOnly]
    private static int Init(uint flags) => 0;

    [UnmanagedCallersOnly]
    private static int Release(int device) => 0;

    [UnmanagedCallersOnly]
    private static int Do(nint with) => 0;

    [UnmanagedCallersOnly]
    private static int Record(nint mark, nint stream) => 0;

    [UnmanagedCallersOnly]
    private static int WaitEvent(nint stream, nint mark, uint flags) => 0;

    private static int Made(nint* made)
    {
        *made = 7;
        return 0;
    }
}
