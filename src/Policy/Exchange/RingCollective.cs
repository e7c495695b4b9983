using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange;

/// <summary>
/// Ranks in a ring, each connected to the next one and the one before by streams that the caller opens. Sums go around
/// once and results once more (Patarasuk and Yuan 2009): a rank sends 2 (N-1) / N of a tensor, whatever the number of
/// ranks. The part of rank r is summed in the order r+1, r+2, ..., r. Tensors of other devices pass through the CPU.
/// </summary>
/// <param name="rank">Number of this rank.</param>
/// <param name="ranks">How many ranks there are, at least 2.</param>
/// <param name="next">Leads to the next rank; disposed with this.</param>
/// <param name="previous">Comes from the rank before; disposed with this.</param>
/// <param name="patience">
/// How long to wait for a rank that is connected and sends nothing, as it does while it still computes.
/// </param>
public sealed class RingCollective(int rank, int ranks, Stream next, Stream previous, TimeSpan patience) : ICollective
{
    /// <summary>Bytes of a message at most.</summary>
    internal const int MessageBytes = 1 << 20;

    private readonly RingLink _link = new(rank, ranks, next, previous, patience);

    /// <inheritdoc/>
    public int Rank => rank;

    /// <inheritdoc/>
    public int Count => ranks;

    /// <summary>Bytes sent so far, headers left out.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Time spent so far in exchanges, waiting for slower ranks included.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <inheritdoc/>
    public void ReduceScatter(Tensor flat) => OnCpu(flat, memory => AllParts(memory, shift: -1, Add));

    /// <inheritdoc/>
    public void AllGather(Tensor flat) => OnCpu(flat, memory => AllParts(memory, shift: 0, Replace));

    /// <inheritdoc/>
    public double[][] Gather(double[] own)
    {
        var all = new double[ranks][];
        all[rank] = own;
        for (var step = 0; step < ranks - 1; step++)
        {
            var sent = MemoryMarshal.AsBytes<double>(all[Around(rank - step)]);
            var received = Exchange(sent, sent.Length);
            all[Around(rank - step - 1)] = MemoryMarshal.Cast<byte, double>(received).ToArray();
        }

        return all;
    }

    /// <inheritdoc/>
    public void LookForLost() => _link.LookForLost();

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    private static void Add(Span<byte> sum, ReadOnlySpan<byte> received)
    {
        var to = MemoryMarshal.Cast<byte, float>(sum);
        var from = MemoryMarshal.Cast<byte, float>(received);
        var wideTo = MemoryMarshal.Cast<float, Vector<float>>(to);
        var wideFrom = MemoryMarshal.Cast<float, Vector<float>>(from);
        for (var i = 0; i < wideTo.Length; i++)
        {
            wideTo[i] += wideFrom[i];
        }

        for (var i = wideTo.Length * Vector<float>.Count; i < to.Length; i++)
        {
            to[i] += from[i];
        }
    }

    private static void Replace(Span<byte> to, ReadOnlySpan<byte> received) => received.CopyTo(to);

    private static void OnCpu(Tensor flat, Action<Tensor> exchange)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var memory = flat.cpu();
        exchange(memory);
        if (!ReferenceEquals(memory, flat) && flat.device_type != DeviceType.CPU)
        {
            flat.copy_(memory);
        }
    }

    /// <summary>Goes once around the ring with every part, message by message.</summary>
    private void AllParts(Tensor memory, int shift, Merge merge)
    {
        var length = memory.numel();
        var perMessage = MessageBytes / memory.element_size();
        var longest = (length + ranks - 1) / ranks;
        for (var offset = 0L; offset < longest; offset += perMessage)
        {
            for (var step = 0; step < ranks - 1; step++)
            {
                using var scope = NewDisposeScope();
                var sent = Piece(memory, Around(rank + shift - step), offset, perMessage);
                var merged = Piece(memory, Around(rank + shift - step - 1), offset, perMessage);
                merge(merged.bytes, Exchange(sent.bytes, merged.bytes.Length));
            }
        }
    }

    private Tensor Piece(Tensor memory, int part, long offset, long most)
    {
        var (start, count) = RankShare.PartOf(memory.numel(), part, ranks);
        var begin = Math.Min(offset, count);
        return memory.narrow(0, start + begin, Math.Min(most, count - begin));
    }

    private ReadOnlySpan<byte> Exchange(ReadOnlySpan<byte> sent, int length)
    {
        var start = Stopwatch.GetTimestamp();
        BytesSent += sent.Length;
        var received = _link.Exchange(sent, length);
        Elapsed += Stopwatch.GetElapsedTime(start);
        return received;
    }

    private int Around(int part) => ((part % ranks) + ranks) % ranks;

    private delegate void Merge(Span<byte> to, ReadOnlySpan<byte> received);
}
