using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Akka.Remote.Transport;

/// <summary>
/// Sockets with optional TLS. Every call blocks and belongs on a thread of its own, so that links live on when the
/// thread pool is starved.
/// </summary>
internal sealed class TcpTransport(TcpSettings settings) : IDisposable
{
    private readonly TcpListener _listener = new(Resolve(settings.Hostname), settings.Port);

    /// <summary>Binds and returns the port, which the system chose if 0 was configured.</summary>
    public int Listen()
    {
        _listener.Start();
        return ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public Socket Accept() => Prepare(_listener.AcceptSocket());

    public void Dispose() => _listener.Dispose();

    public Socket Connect(string host, int port)
    {
        var address = Resolve(host);
        var socket = Prepare(new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            // A blocking Connect knows no time-out; a non-blocking one with Poll does.
            socket.Blocking = false;
            try
            {
                socket.Connect(address, port);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                if (!socket.Poll(settings.ConnectionTimeout, SelectMode.SelectWrite))
                    throw new SocketException((int)SocketError.TimedOut);
            }

            // The error of a non-blocking Connect shows only here.
            if (!socket.Connected) throw new SocketException((int)SocketError.ConnectionRefused);
            socket.Blocking = true;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Stream OpenClient(Socket socket, string host)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (settings.Tls is not { } tls) return stream;
        var secure = new SslStream(stream, false, (_, _, _, errors) => Accepts(tls, errors, tls.ValidateHostname, required: true));
        secure.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificates = [tls.Certificate],
            EnabledSslProtocols = SslProtocols.None,
        });
        return secure;
    }

    public Stream OpenServer(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (settings.Tls is not { } tls) return stream;
        var secure = new SslStream(stream, false, (_, _, _, errors) => Accepts(tls, errors, false, tls.RequireMutualAuthentication));
        secure.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificate = tls.Certificate,
            ClientCertificateRequired = tls.RequireMutualAuthentication,
            EnabledSslProtocols = SslProtocols.None,
        });
        return secure;
    }

    // A certificate may be left unvalidated, but where one is required none at all is never accepted.
    private static bool Accepts(TlsSettings tls, SslPolicyErrors errors, bool validateHostname, bool required)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return !required;
        if (tls.SuppressValidation) return true;
        if (!validateHostname) errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        return errors == SslPolicyErrors.None;
    }

    private Socket Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SendBufferSize = settings.SendBufferSize;
        socket.ReceiveBufferSize = settings.ReceiveBufferSize;
        return socket;
    }

    private static IPAddress Resolve(string host)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return address;
        var all = Dns.GetHostAddresses(host);
        return all.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? all[0];
    }
}
