using System.Net.Sockets;
using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>The incoming side: a thread that accepts links and one per link that reads its frames.</summary>
internal sealed class Listener
{
    private readonly TcpTransport _transport;
    private readonly AssociationSettings _settings;
    private readonly IInbound _inbound;
    private readonly object _gate = new();
    private readonly List<Link> _links = [];
    private volatile bool _closed;

    public Listener(TcpTransport transport, AssociationSettings settings, IInbound inbound)
    {
        _transport = transport;
        _settings = settings;
        _inbound = inbound;
        new Thread(Accept) { IsBackground = true, Name = "akka-remote-accept" }.Start();
    }

    /// <summary>Cuts the links of one incarnation of a peer.</summary>
    public void Cut(Address remote, int uid)
    {
        lock (_gate)
            foreach (var link in _links.Where(l => l.Uid == uid && Equals(l.Remote, remote))) link.Socket.Dispose();
    }

    public void Close()
    {
        _closed = true;
        _transport.Dispose();
        lock (_gate)
            foreach (var link in _links) link.Socket.Dispose();
    }

    private void Accept()
    {
        while (!_closed)
        {
            try
            {
                var link = new Link(_transport.Accept());
                lock (_gate) _links.Add(link);
                link.Thread = new Thread(() => Read(link)) { IsBackground = true, Name = "akka-remote-in" };
                link.Thread.Start();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                if (!_closed) _inbound.LinkFailed(null, e);
            }
        }
    }

    private void Read(Link link)
    {
        try
        {
            link.Socket.ReceiveTimeout = link.Socket.SendTimeout = (int)_settings.HandshakeTimeout.TotalMilliseconds;
            using var stream = _transport.OpenServer(link.Socket);
            var (kind, body) = Frame.Read(stream, _settings.MaximumFrameSize);
            if (kind != FrameKind.Hello) throw new InvalidDataException($"Expected a Hello, got frame kind {kind}");
            var hello = Hello.Decode(body);
            var answer = _inbound.Greet(hello);
            if (answer.Refused.Length == 0) Supersede(link, hello);
            stream.Write(answer.Encode());
            stream.Flush();
            if (answer.Refused.Length > 0) return;
            link.Socket.ReceiveTimeout = link.Socket.SendTimeout = 0;
            using var buffered = new BufferedStream(stream, 64 * 1024);
            while (!_closed)
            {
                var (next, frame) = Frame.Read(buffered, _settings.MaximumFrameSize);
                _inbound.Received(hello, next, frame);
            }
        }
        catch (Exception e)
        {
            if (!_closed) _inbound.LinkFailed(link.Remote, e);
        }
        finally
        {
            link.Socket.Dispose();
            lock (_gate) _links.Remove(link);
        }
    }

    // A peer that opens a second link has given up the first: what that still holds is read before, to keep the order.
    private void Supersede(Link link, Hello hello)
    {
        List<Thread> earlier;
        lock (_gate)
        {
            earlier = [.. _links.Where(l => l.Uid == hello.Uid && Equals(l.Remote, hello.From)).Select(l => l.Thread)];
            link.Remote = hello.From;
            link.Uid = hello.Uid;
        }

        foreach (var thread in earlier) thread.Join(_settings.ResendInterval);
    }

    private sealed class Link(Socket socket)
    {
        public Socket Socket { get; } = socket;
        public Thread Thread { get; set; }
        public Address Remote { get; set; }
        public int Uid { get; set; }
    }
}

internal interface IInbound
{
    /// <summary>The answer to a peer's Hello.</summary>
    Hello Greet(Hello hello);

    void Received(Hello from, FrameKind kind, BinaryReader body);

    /// <summary>A link has ended; the peer is null if it never introduced itself.</summary>
    void LinkFailed(Address remote, Exception cause);
}
