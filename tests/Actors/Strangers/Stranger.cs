using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using R1Reward.Actors.Certificates;

namespace R1Reward.Actors.Tests.Strangers;

/// <summary>Who calls a node and is none: with which certificate, and what it says.</summary>
internal static class Stranger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Certificates of those who are not to be let in, by what is wrong with them.</summary>
    public static X509Certificate2? Certificate(string fault, CertificateAuthority authority)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var other = CertificateAuthority.Create(now);
        return fault switch
        {
            "no certificate" => null,
            "wrong CA" => other.Sign("127.0.0.1", now, TimeSpan.FromDays(1)),
            "self-signed" => SelfSigned(now),
            "another host's name" => authority.Sign("10.1.2.3", now, TimeSpan.FromDays(1)),
            "expired" => authority.Sign("127.0.0.1", now.AddDays(-2), TimeSpan.FromDays(1)),
            "right" => authority.Sign("127.0.0.1", now, TimeSpan.FromDays(1)),
            _ => throw new ArgumentException(fault),
        };
    }

    /// <summary>Calls, shows a certificate or none, and keeps the connection.</summary>
    public static async Task<SslStream> CallAsync(int port, X509Certificate2? shown)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ClientCertificateContext = shown is null ? null : SslStreamCertificateContext.Create(shown, null, true),
        });
        return stream;
    }

    /// <summary>Says something in plain text, and waits until it is hung up on.</summary>
    public static async Task SayAsync(int port, ReadOnlyMemory<byte> said)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(said);
        await HungUpAsync(client.GetStream());
    }

    /// <summary>Whether the other side closes the connection, whatever it says before.</summary>
    public static async Task HungUpAsync(Stream stream)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var buffer = new byte[1024];
            while (await stream.ReadAsync(buffer, limit.Token) > 0)
            {
                // A handshake may still be under way, or a refusal.
            }
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            // Closed without good manners is closed as well.
        }
    }

    private static X509Certificate2 SelfSigned(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
