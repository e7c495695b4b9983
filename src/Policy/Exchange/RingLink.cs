using System.Buffers.Binary;

namespace R1Reward.Policy.Exchange;

/// <summary>
/// The two connections of a rank in a ring: it writes to the next one and reads from the one before, both at once, in
/// messages with a number and a length that have to be those that are due. A rank that sees another fail passes on
/// which one it was before it closes its own, so that all name the same rank. For one thread.
/// </summary>
/// <param name="rank">Number of this rank.</param>
/// <param name="ranks">How many ranks there are.</param>
/// <param name="next">Leads to the next rank.</param>
/// <param name="previous">Comes from the rank before.</param>
/// <param name="patience">How long a message may take; the other rank may still be computing.</param>
internal sealed class RingLink(int rank, int ranks, Stream next, Stream previous, TimeSpan patience) : IDisposable
{
    private const int HeaderBytes = 12;
    private static readonly TimeSpan _lastWord = TimeSpan.FromSeconds(1);

    private readonly byte[] _header = new byte[HeaderBytes];
    private byte[] _sent = new byte[HeaderBytes];
    private byte[] _received = [];
    private Task? _nextHeader;
    private long _number;

    private int Next => (rank + 1) % ranks;

    private int Previous => (rank + ranks - 1) % ranks;

    /// <summary>Sends a message to the next rank and takes one from the rank before.</summary>
    /// <param name="message">What is sent.</param>
    /// <param name="length">Bytes of the message that is due.</param>
    /// <returns>The message, which stands until the next call.</returns>
    /// <exception cref="RankLostException">A rank is gone, or does something else; the link is closed.</exception>
    internal ReadOnlySpan<byte> Exchange(ReadOnlySpan<byte> message, int length)
    {
        _number++;
        Array.Resize(ref _sent, Math.Max(_sent.Length, HeaderBytes + message.Length));
        BinaryPrimitives.WriteInt32LittleEndian(_sent, message.Length);
        BinaryPrimitives.WriteInt64LittleEndian(_sent.AsSpan(4), _number);
        message.CopyTo(_sent.AsSpan(HeaderBytes));
        using var limit = new CancellationTokenSource(patience);
        var sending = next.WriteAsync(_sent.AsMemory(0, HeaderBytes + message.Length), limit.Token).AsTask();
        try
        {
            Receive(length, limit.Token);
            Wait(sending, Next, "it takes nothing any more", limit.Token);
            return _received.AsSpan(0, length);
        }
        catch (RankLostException lost)
        {
            PassOn(lost.Rank, sending);
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Looks between two messages, without waiting, whether the rank before is gone or says so of another one.
    /// </summary>
    /// <exception cref="RankLostException">A rank is gone; the link is closed.</exception>
    internal void LookForLost()
    {
        _nextHeader ??= previous.ReadExactlyAsync(_header, CancellationToken.None).AsTask();
        if (!_nextHeader.IsCompleted)
        {
            return;
        }

        try
        {
            ReadHeader(CancellationToken.None);
        }
        catch (RankLostException lost)
        {
            PassOn(lost.Rank, Task.CompletedTask);
            Dispose();
            throw;
        }
    }

    /// <summary>Closes both connections, from whichever thread; a call under way then fails.</summary>
    public void Dispose()
    {
        next.Dispose();
        previous.Dispose();
    }

    private void Receive(int length, CancellationToken limit)
    {
        var (announced, number) = ReadHeader(limit);
        _nextHeader = null;
        if (announced != length || number != _number)
        {
            throw new RankLostException(
                Previous,
                $"it sent {announced} bytes as message {number} where {length} bytes as message {_number} were due");
        }

        Array.Resize(ref _received, Math.Max(_received.Length, length));
        Read(previous.ReadExactlyAsync(_received.AsMemory(0, length), limit).AsTask(), limit);
    }

    private (int Announced, long Number) ReadHeader(CancellationToken limit)
    {
        _nextHeader ??= previous.ReadExactlyAsync(_header, limit).AsTask();
        Read(_nextHeader.WaitAsync(limit), limit);
        var announced = BinaryPrimitives.ReadInt32LittleEndian(_header);
        return announced < 0
            ? throw new RankLostException(-announced - 1, $"rank {Previous} says so")
            : (announced, BinaryPrimitives.ReadInt64LittleEndian(_header.AsSpan(4)));
    }

    private void Read(Task reading, CancellationToken limit) =>
        Wait(reading, Previous, "nothing comes from it any more", limit);

    private void Wait(Task transfer, int other, string otherwise, CancellationToken limit)
    {
        try
        {
            transfer.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested)
        {
            throw new RankLostException(other, $"no answer within {patience.TotalSeconds:g4} s", late);
        }
        catch (Exception failure)
            when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            throw new RankLostException(other, otherwise, failure);
        }
    }

    // The last message may be half under way: only after it another can be read.
    private void PassOn(int lost, Task sending)
    {
        if (lost == Next)
        {
            return;
        }

        try
        {
            if (sending.Wait(_lastWord))
            {
                BinaryPrimitives.WriteInt32LittleEndian(_sent, -lost - 1);
                using var limit = new CancellationTokenSource(_lastWord);
                next.WriteAsync(_sent.AsMemory(0, HeaderBytes), limit.Token).AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception failure)
            when (failure is AggregateException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The next rank is gone as well, and needs no word.
        }
    }
}
