using System.Net.Sockets;
using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>
/// The outgoing side of a pair of systems: a queue and the thread that connects, writes and connects again.
/// Messages keep their order; what is queued while the peer cannot be reached is dropped and handed to
/// <see cref="IAssociationEvents.Undeliverable"/>; system messages stay until the peer acknowledges them.
/// </summary>
internal sealed class Association
{
    // Between batches control frames overtake: a heartbeat does not wait for a long queue.
    private const int BatchSize = 128;

    private static readonly TimeSpan ControlRetry = TimeSpan.FromMilliseconds(200);

    private readonly Address _remote;
    private readonly TcpTransport _transport;
    private readonly AssociationSettings _settings;
    private readonly Func<Hello> _hello;
    private readonly IAssociationEvents _events;
    private readonly object _gate = new();
    private readonly Queue<byte[]> _control = new();
    private readonly Queue<(byte[] Frame, object Message, IActorRef Recipient, IActorRef Sender)> _messages = new();
    private readonly LinkedList<(long Number, byte[] Frame)> _unacknowledged = new();
    private readonly Queue<byte[]> _system = new();
    private readonly Thread _thread;
    private long _lastNumber;
    private DateTime _lastAttempt;
    private DateTime _gatedUntil;
    private int? _quarantinedUid;
    private int? _uid;
    private bool _stale;
    private bool _closing;
    private Socket _socket;
    private Stream _stream;

    public Association(Address remote, TcpTransport transport, AssociationSettings settings, Func<Hello> hello, IAssociationEvents events)
    {
        _remote = remote;
        _transport = transport;
        _settings = settings;
        _hello = hello;
        _events = events;
        _thread = new Thread(Run) { IsBackground = true, Name = $"akka-remote-out {remote.Host}:{remote.Port}" };
        _thread.Start();
    }

    public void SendMessage(byte[] frame, object message, IActorRef recipient, IActorRef sender)
    {
        lock (_gate)
        {
            if (!_closing && !IsQuarantined)
            {
                _messages.Enqueue((frame, message, recipient, sender));
                Monitor.Pulse(_gate);
                return;
            }
        }

        _events.Undeliverable(message, recipient, sender);
    }

    public void SendControl(byte[] frame)
    {
        lock (_gate)
        {
            if (_closing || IsQuarantined) return;
            _control.Enqueue(frame);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>False if the peer is quarantined: the frame goes nowhere.</summary>
    public bool SendSystem(Func<long, byte[]> encode)
    {
        lock (_gate)
        {
            if (_closing || IsQuarantined) return false;
            var frame = encode(++_lastNumber);
            _unacknowledged.AddLast((_lastNumber, frame));
            _system.Enqueue(frame);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    public void Acknowledged(int uid, long number)
    {
        lock (_gate)
            while (uid == _uid && _unacknowledged.First is { } first && first.Value.Number <= number) _unacknowledged.RemoveFirst();
    }

    /// <summary>Nothing goes to this incarnation any more; a new one under the same address may be talked to.</summary>
    public void Quarantine(int? uid)
    {
        lock (_gate)
        {
            _quarantinedUid = uid ?? _uid;
            _unacknowledged.Clear();
            _system.Clear();
            _control.Clear();
            // A frozen peer may hold up the writer for ever.
            if (IsQuarantined) _socket?.Dispose();
            Monitor.Pulse(_gate);
        }
    }

    public bool IsQuarantinedUid(int uid)
    {
        lock (_gate) return _quarantinedUid == uid;
    }

    /// <summary>The peer has shown itself under this uid, on either link.</summary>
    public void PeerSeen(int uid)
    {
        lock (_gate)
        {
            _gatedUntil = default;
            if (_uid == uid) return;
            _stale = _stream is not null;
            Adopt(uid);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what is queued, at most until the deadline, and ends the thread.</summary>
    public void Close(TimeSpan flush)
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        if (_thread.Join(flush)) return;
        _socket?.Dispose();
        _thread.Join();
    }

    private bool IsQuarantined => _quarantinedUid is not null && _quarantinedUid == _uid;

    private void Run()
    {
        while (TakeBatch() is { } batch)
        {
            if (batch.Count == 0) continue;
            try
            {
                EnsureConnected();
                foreach (var (frame, _, _, _) in batch) _stream.Write(frame);
                _stream.Flush();
            }
            catch (Exception e)
            {
                Disconnect(e);
                foreach (var (_, message, recipient, sender) in batch)
                    if (message is not null) _events.Undeliverable(message, recipient, sender);
            }
        }

        Disconnect(null);
    }

    /// <summary>Blocks for frames; control frames first. Null ends the thread.</summary>
    private List<(byte[], object, IActorRef, IActorRef)> TakeBatch()
    {
        var batch = new List<(byte[], object, IActorRef, IActorRef)>();
        var dropped = new List<(byte[], object Message, IActorRef Recipient, IActorRef Sender)>();
        lock (_gate)
        {
            while (!_closing && _control.Count + _system.Count + _messages.Count == 0)
            {
                var resend = _unacknowledged.Count > 0;
                if (!Monitor.Wait(_gate, resend ? _settings.ResendInterval : Timeout.InfiniteTimeSpan) && resend) Resend();
            }

            if (_control.Count + _system.Count + _messages.Count == 0) return null;
            var connect = _stream is not null || MayConnect(_control.Count + _system.Count > 0);
            if (_closing && _stream is null) connect = false;
            while (_control.TryDequeue(out var frame))
                if (connect) batch.Add((frame, null, null, null));
            while (_system.TryDequeue(out var frame))
                if (connect) batch.Add((frame, null, null, null));
            var deliver = connect && !IsQuarantined;
            while ((!deliver || batch.Count < BatchSize) && _messages.TryDequeue(out var message))
                (deliver ? batch : dropped).Add(message);
        }

        foreach (var (_, message, recipient, sender) in dropped) _events.Undeliverable(message, recipient, sender);
        return batch;
    }

    // After a failure user messages wait out the gate; the runtime's own try more often, for a join must not wait for it.
    private bool MayConnect(bool hasControl)
    {
        var now = DateTime.UtcNow;
        return now >= (hasControl ? _lastAttempt + ControlRetry : _gatedUntil);
    }

    // What an earlier incarnation did not acknowledge concerns actors that are gone; a new one counts from 1.
    private void Adopt(int uid)
    {
        if (_uid is not null && _uid != uid)
        {
            _unacknowledged.Clear();
            _system.Clear();
            _lastNumber = 0;
        }

        _uid = uid;
    }

    private void Resend()
    {
        _system.Clear();
        foreach (var (_, frame) in _unacknowledged) _system.Enqueue(frame);
    }

    private void EnsureConnected()
    {
        // A peer that closed the link shows as readable without data.
        if (_stream is not null && (_stale || (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0)))
            Disconnect(null);
        if (_stream is not null) return;
        _lastAttempt = DateTime.UtcNow;
        var socket = _transport.Connect(_remote.Host, _remote.Port ?? 0);
        try
        {
            socket.ReceiveTimeout = socket.SendTimeout = (int)_settings.HandshakeTimeout.TotalMilliseconds;
            var stream = _transport.OpenClient(socket, _remote.Host);
            stream.Write(_hello().Encode());
            stream.Flush();
            var (kind, body) = Frame.Read(stream, _settings.MaximumFrameSize);
            if (kind != FrameKind.Hello) throw new InvalidDataException($"Expected a Hello, got frame kind {kind}");
            var answer = Hello.Decode(body);
            if (answer.Refused.Length > 0) throw new IOException($"{_remote} refused the association: {answer.Refused}");
            socket.ReceiveTimeout = socket.SendTimeout = 0;
            lock (_gate)
            {
                Adopt(answer.Uid);
                if (IsQuarantined) throw new IOException($"{_remote} with uid {answer.Uid} is quarantined");
                _socket = socket;
                _stream = new BufferedStream(stream, 64 * 1024);
                _gatedUntil = default;
                Resend();
            }

            _events.Associated(_remote, answer.Uid);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Disconnect(Exception cause)
    {
        lock (_gate)
        {
            _socket?.Dispose();
            _socket = null;
            _stream = null;
            _stale = false;
            if (cause is not null) _gatedUntil = DateTime.UtcNow + _settings.RetryGateClosedFor;
        }

        if (cause is not null) _events.AssociationFailed(_remote, cause);
    }
}

internal sealed record AssociationSettings(TimeSpan RetryGateClosedFor, TimeSpan HandshakeTimeout, TimeSpan ResendInterval, int MaximumFrameSize);

internal interface IAssociationEvents
{
    void Associated(Address remote, int uid);
    void AssociationFailed(Address remote, Exception cause);
    void Undeliverable(object message, IActorRef recipient, IActorRef sender);
}
