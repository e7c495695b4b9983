using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;

namespace R1Reward.Conformance.AkkaRemote;

public sealed class TlsTests : IAsyncDisposable
{
    private readonly Nodes _nodes = new();
    private readonly string _certificate = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.pfx");

    public TlsTests()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllBytes(_certificate, certificate.Export(X509ContentType.Pkcs12, "secret"));
    }

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        File.Delete(_certificate);
    }

    [Fact]
    public async Task Systems_with_certificates_talk()
    {
        var (here, there) = (_nodes.Remote(Tls), _nodes.Remote(Tls));
        Assert.Equal("akka.ssl.tcp", Nodes.AddressOf(here).Protocol);
        var echo = await Nodes.Reach(here, there.ActorOf(Props.Create(() => new Echo())));
        Assert.Equal("hello", await echo.Ask<string>("hello", TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_system_without_tls_is_not_let_in()
    {
        var (plain, secure) = (_nodes.Remote(), _nodes.Remote(Tls));
        secure.ActorOf(Props.Create(() => new Echo()), "echo");
        var address = Nodes.AddressOf(secure).WithProtocol("akka.tcp");
        await Assert.ThrowsAnyAsync<Exception>(() => plain.ActorSelection($"{address}/user/echo").ResolveOne(TimeSpan.FromSeconds(2)));
    }

    [MutualTlsFact]
    public async Task A_client_without_a_certificate_is_cut_off()
    {
        var address = Nodes.AddressOf(_nodes.Remote(Tls));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port!.Value, limit.Token);
        await using var stream = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        // In TLS 1.3 the client learns of the refusal only when it reads.
        var end = await Record.ExceptionAsync(async () =>
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, limit.Token);
            if (await stream.ReadAsync(new byte[1], limit.Token) == 0) throw new IOException("closed");
        });
        Assert.NotNull(end);
        Assert.False(limit.IsCancellationRequested, "the server kept the link open");
    }

    private string Tls => $$"""
        akka.remote.dot-netty.tcp {
          enable-ssl = true
          ssl {
            certificate {
              path = "{{_certificate}}"
              password = "secret"
            }
            suppress-validation = true
          }
        }
        """;
}

/// <summary>Skipped where the engine knows no mutual TLS: Akka.NET before 1.5.52.</summary>
public sealed class MutualTlsFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> IsKnown = new(() =>
    {
        var system = ActorSystem.Create("tls", "akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = remote, remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 } }");
        var known = system.Settings.Config.HasPath("akka.remote.dot-netty.tcp.ssl.require-mutual-authentication");
        system.Terminate();
        return known;
    });

    public MutualTlsFactAttribute() => Skip = IsKnown.Value ? null : "this Akka.NET knows no ssl.require-mutual-authentication";
}
