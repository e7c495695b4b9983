using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>
/// Ranks that exchange the tensors of their GPUs by NVIDIA's NCCL. A ring of connections stays beside it: it carries
/// the id by which NCCL's own connections are made, all numbers and the tensors of the CPU, and it is what tells of a
/// rank that is gone, for a kernel on the GPU would wait for it for ever. An error, a time-out or a lost rank ends
/// NCCL's group (<c>ncclCommAbort</c>), and not the process.
/// </summary>
internal sealed unsafe class NcclCollective : ICollective
{
    private readonly ICollective _ring;
    private readonly NcclApi _nccl;
    private readonly CudaStream _stream;
    private readonly Device _device;
    private readonly TimeSpan _patience;
    private nint _group;

    /// <summary>
    /// Connects all ranks of a ring; each calls it. The ring is disposed of with this, and where it fails.
    /// </summary>
    /// <param name="ring">The ring.</param>
    /// <param name="device">The GPU whose tensors are exchanged by NCCL; a GPU of one rank alone.</param>
    /// <param name="nccl">The library.</param>
    /// <param name="cuda">The driver.</param>
    /// <param name="patience">How long an exchange may take; another rank may still be computing.</param>
    /// <exception cref="RankLostException">Another rank is gone, or NCCL cannot connect.</exception>
    internal NcclCollective(ICollective ring, Device device, NcclApi nccl, CudaApi cuda, TimeSpan patience)
    {
        (_ring, _device, _nccl, _patience) = (ring, device, nccl, patience);
        try
        {
            _stream = new CudaStream(cuda, Math.Max(0, device.index));
            Connect();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Rank => _ring.Rank;

    /// <inheritdoc/>
    public int Count => _ring.Count;

    /// <inheritdoc/>
    public void AllReduce(Tensor flat) => Do(flat, (data, type) => _nccl.AllReduce(
        data, data, (nuint)flat.numel(), type, NcclTypes.Sum, _group, _stream.Handle), () => _ring.AllReduce(flat));

    /// <inheritdoc/>
    public void ReduceScatter(Tensor flat) => Do(flat, (data, type) => IsEven(flat)
        ? _nccl.ReduceScatter(
            data, Part(flat, data, Rank), Even(flat), type, NcclTypes.Sum, _group, _stream.Handle)
        : ForEach(flat, data, (part, count, rank) => _nccl.Reduce(
            part, part, count, type, NcclTypes.Sum, rank, _group, _stream.Handle)), () => _ring.ReduceScatter(flat));

    /// <inheritdoc/>
    public void AllGather(Tensor flat) => Do(flat, (data, type) => IsEven(flat)
        ? _nccl.AllGather(Part(flat, data, Rank), data, Even(flat), type, _group, _stream.Handle)
        : ForEach(flat, data, (part, count, rank) => _nccl.Broadcast(
            part, part, count, type, rank, _group, _stream.Handle)), () => _ring.AllGather(flat));

    /// <inheritdoc/>
    public double[][] Gather(double[] own) => _ring.Gather(own);

    /// <inheritdoc/>
    public void LookForLost() => _ring.LookForLost();

    /// <summary>
    /// Ends group and ring. All exchanges are over on all ranks once numbers have been gathered after them.
    /// </summary>
    public void Dispose()
    {
        Abort();
        _stream?.Dispose();
        _ring.Dispose();
    }

    private delegate int Launch(byte* data, int type);

    private delegate int LaunchPart(byte* part, nuint count, int rank);

    [DllImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern byte* DataOf(nint tensor);

    private bool IsEven(Tensor flat) => flat.numel() % Count == 0;

    private nuint Even(Tensor flat) => (nuint)(flat.numel() / Count);

    private byte* Part(Tensor flat, byte* data, int rank) =>
        data + (RankShare.PartOf(flat.numel(), rank, Count).Start * flat.element_size());

    // Parts that differ by one are not what NCCL calls parts: each is an exchange of its own, all of them at once.
    private int ForEach(Tensor flat, byte* data, LaunchPart launch)
    {
        Expect(_nccl.GroupStart(), "the begin of a group of exchanges");
        for (var rank = 0; rank < Count; rank++)
        {
            var count = (nuint)RankShare.PartOf(flat.numel(), rank, Count).Count;
            Expect(launch(Part(flat, data, rank), count, rank), "an exchange");
        }

        return _nccl.GroupEnd();
    }

    private void Connect()
    {
        NcclUniqueId id = default;
        if (Rank == 0)
        {
            Expect(_nccl.GetUniqueId(&id), "an id of the group");
        }

        // A byte a number: these few go by a way that is there.
        var bytes = MemoryMarshal.AsBytes(new Span<NcclUniqueId>(ref id));
        var first = _ring.Gather([.. bytes.ToArray().Select(one => (double)one)])[0];
        for (var place = 0; place < bytes.Length; place++)
        {
            bytes[place] = (byte)first[place];
        }

        var config = NcclConfig.NonBlocking;
        nint group = 0;
        var result = _nccl.CommInitRankConfig(&group, Count, id, Rank, &config);
        _group = group;
        Settle(result, () => true, "the connection");
    }

    private void Do(Tensor flat, Launch launch, Action byRing)
    {
        if (flat.device_type != _device.type)
        {
            byRing();
            return;
        }

        if (_group == 0)
        {
            throw Lost("its group has ended");
        }

        _stream.FollowDefault();
        Settle(launch(DataOf(flat.Handle), NcclTypes.Of(flat.dtype)), () => _stream.IsDone, "an exchange");
    }

    /// <summary>Waits until a call has gone through and what it began is done, on the lookout for failures.</summary>
    private void Settle(int result, Func<bool> isDone, string what)
    {
        var start = Stopwatch.GetTimestamp();
        var wait = default(SpinWait);
        Expect(result, what);
        while (true)
        {
            int state;
            Expect(_nccl.CommGetAsyncError(_group, &state), what);
            Expect(state, what);
            if (state == NcclTypes.Success && isDone())
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > _patience)
            {
                throw Lost($"{what} by NCCL was not done within {_patience.TotalSeconds:g4} s");
            }

            LookOut();
            wait.SpinOnce();
        }
    }

    private void LookOut()
    {
        try
        {
            _ring.LookForLost();
        }
        catch (RankLostException)
        {
            Abort();
            throw;
        }
    }

    private void Expect(int result, string what)
    {
        if (result is not (NcclTypes.Success or NcclTypes.InProgress))
        {
            throw Lost($"{what} by NCCL has failed: {_nccl.Meaning(result)}");
        }
    }

    // NCCL names no rank; the ring may in a moment.
    private RankLostException Lost(string reason)
    {
        Abort();
        SpinWait.SpinUntil(
            () =>
            {
                _ring.LookForLost();
                return false;
            },
            TimeSpan.FromSeconds(1));
        return new RankLostException((Rank + 1) % Count, reason);
    }

    private void Abort()
    {
        if (_group != 0)
        {
            _ = _nccl.CommAbort(_group);
            _group = 0;
        }
    }
}
