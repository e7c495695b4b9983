using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>
/// Ranks that exchange the tensors of their GPUs by NVIDIA's NCCL. A ring of connections stays beside it: it carries
/// the id by which NCCL's own connections are made, all numbers and the tensors of the CPU, and it is what tells of a
/// rank that is gone, for a kernel on the GPU would wait for it for ever. An error, a time-out or a lost rank ends
/// NCCL's group (<c>ncclCommAbort</c>), and not the process. Else the group stays with the one who has given it, and
/// serves the next ring where all ranks still have it.
/// </summary>
internal sealed unsafe class NcclCollective : ICollective
{
    private readonly ICollective _ring;
    private readonly NcclGroup _group;
    private readonly TimeSpan _patience;

    /// <summary>
    /// Connects all ranks of a ring; each calls it. The ring is disposed of with this, and where it fails.
    /// </summary>
    /// <param name="ring">The ring.</param>
    /// <param name="group">The group of ranks that were before, or none.</param>
    /// <param name="patience">How long an exchange may take; another rank may still be computing.</param>
    /// <exception cref="RankLostException">Another rank is gone, or NCCL cannot connect.</exception>
    internal NcclCollective(ICollective ring, NcclGroup group, TimeSpan patience)
    {
        (_ring, _group, _patience) = (ring, group, patience);
        try
        {
            var marks = ring.Gather([group.MarkFor(ring)]);
            if (marks.Any(mark => mark[0] == 0 || mark[0] != marks[0][0]))
            {
                Connect();
            }
        }
        catch
        {
            group.Abort();
            ring.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Rank => _ring.Rank;

    /// <inheritdoc/>
    public int Count => _ring.Count;

    /// <inheritdoc/>
    public void AllReduce(Tensor flat) => Do(flat, (data, type) => Nccl.AllReduce(
        data, data, (nuint)flat.numel(), type, NcclTypes.Sum, _group.Handle, Stream), () => _ring.AllReduce(flat));

    /// <inheritdoc/>
    public void ReduceScatter(Tensor flat) => Do(flat, (data, type) => IsEven(flat)
        ? Nccl.ReduceScatter(
            data, Part(flat, data, Rank), Even(flat), type, NcclTypes.Sum, _group.Handle, Stream)
        : ForEach(flat, data, (part, count, rank) => Nccl.Reduce(
            part, part, count, type, NcclTypes.Sum, rank, _group.Handle, Stream)), () => _ring.ReduceScatter(flat));

    /// <inheritdoc/>
    public void AllGather(Tensor flat) => Do(flat, (data, type) => IsEven(flat)
        ? Nccl.AllGather(Part(flat, data, Rank), data, Even(flat), type, _group.Handle, Stream)
        : ForEach(flat, data, (part, count, rank) => Nccl.Broadcast(
            part, part, count, type, rank, _group.Handle, Stream)), () => _ring.AllGather(flat));

    /// <inheritdoc/>
    public double[][] Gather(double[] own) => _ring.Gather(own);

    /// <inheritdoc/>
    public void LookForLost() => _ring.LookForLost();

    /// <summary>
    /// Ends the ring. All exchanges are over on all ranks once numbers have been gathered after them.
    /// </summary>
    public void Dispose() => _ring.Dispose();

    private delegate int Launch(byte* data, int type);

    private delegate int LaunchPart(byte* part, nuint count, int rank);

    [DllImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern byte* DataOf(nint tensor);

    private NcclApi Nccl => _group.Nccl;

    private nint Stream => _group.Stream.Handle;

    private bool IsEven(Tensor flat) => flat.numel() % Count == 0;

    private nuint Even(Tensor flat) => (nuint)(flat.numel() / Count);

    private byte* Part(Tensor flat, byte* data, int rank) =>
        data + (RankShare.PartOf(flat.numel(), rank, Count).Start * flat.element_size());

    // Parts that differ by one are not what NCCL calls parts: each is an exchange of its own, all of them at once.
    private int ForEach(Tensor flat, byte* data, LaunchPart launch)
    {
        Expect(Nccl.GroupStart(), "the begin of a group of exchanges");
        for (var rank = 0; rank < Count; rank++)
        {
            var count = (nuint)RankShare.PartOf(flat.numel(), rank, Count).Count;
            Expect(launch(Part(flat, data, rank), count, rank), "an exchange");
        }

        return Nccl.GroupEnd();
    }

    private void Connect()
    {
        NcclUniqueId id = default;
        if (Rank == 0)
        {
            id = _group.NewId(out var made);
            Expect(made, "an id of the group");
        }

        // A byte a number: these few go by a way that is there.
        var bytes = MemoryMarshal.AsBytes(new Span<NcclUniqueId>(ref id));
        var first = _ring.Gather([.. bytes.ToArray().Select(one => (double)one)])[0];
        for (var place = 0; place < bytes.Length; place++)
        {
            bytes[place] = (byte)first[place];
        }

        Settle(_group.Begin(id, _ring), () => true, "the connection");
    }

    private void Do(Tensor flat, Launch launch, Action byRing)
    {
        if (flat.device_type != _group.Device.type)
        {
            byRing();
            return;
        }

        if (_group.Handle == 0)
        {
            throw Lost("its group has ended");
        }

        try
        {
            _group.Stream.FollowDefault();
            Settle(launch(DataOf(flat.Handle), NcclTypes.Of(flat.dtype)), () => _group.Stream.IsDone, "an exchange");
        }
        catch
        {
            _group.Abort();
            throw;
        }
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
            Expect(Nccl.CommGetAsyncError(_group.Handle, &state), what);
            Expect(state, what);
            if (state == NcclTypes.Success && isDone())
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > _patience)
            {
                throw Lost($"{what} by NCCL was not done within {_patience.TotalSeconds:g4} s");
            }

            _ring.LookForLost();
            wait.SpinOnce();
        }
    }

    private void Expect(int result, string what)
    {
        if (result is not (NcclTypes.Success or NcclTypes.InProgress))
        {
            throw Lost($"{what} by NCCL has failed: {Nccl.Meaning(result)}");
        }
    }

    // NCCL names no rank; the ring may in a moment.
    private RankLostException Lost(string reason)
    {
        _group.Abort();
        SpinWait.SpinUntil(
            () =>
            {
                _ring.LookForLost();
                return false;
            },
            TimeSpan.FromSeconds(1));
        return new RankLostException((Rank + 1) % Count, reason);
    }
}
