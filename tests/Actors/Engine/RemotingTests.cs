using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Engine;

/// <summary>What the wire relies on in Akka.NET's remoting.</summary>
public sealed class RemotingTests : IAsyncDisposable
{
    private readonly Nodes _nodes = new();
    private readonly TempFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Two_systems_cannot_listen_on_one_port()
    {
        var port = Nodes.AddressOf(_nodes.Create()).Port;

        Assert.ThrowsAny<Exception>(() => _nodes.Create($"akka.remote.dot-netty.tcp.port = {port}"));
    }

    [Fact]
    public async Task Systems_with_certificates_talk_and_one_without_is_not_let_in()
    {
        var tls = Tls();
        var (here, there, plain) = (_nodes.Create(tls), _nodes.Create(tls), _nodes.Create());
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        var address = Nodes.AddressOf(there);

        var echo = await here.ActorSelection($"{address}/user/echo").ResolveOne(TimeSpan.FromSeconds(10));

        Assert.Equal("akka.ssl.tcp", address.Protocol);
        Assert.Equal(
            echo.Path, (await echo.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(10))).Subject.Path);
        var selection = plain.ActorSelection($"{address.WithProtocol("akka.tcp")}/user/echo");
        await Assert.ThrowsAsync<ActorNotFoundException>(() => selection.ResolveOne(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_cut_off()
    {
        var address = Nodes.AddressOf(_nodes.Create(Tls()));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port!.Value, limit.Token);
        await using var stream = new SslStream(client.GetStream(), false, (_, _, _, _) => true);

        // In TLS 1.3 the client learns of the refusal only when it reads.
        var refused = await Record.ExceptionAsync(async () =>
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = address.Host }, limit.Token);
            Assert.NotEqual(0, await stream.ReadAsync(new byte[1], limit.Token));
        });

        Assert.NotNull(refused);
        Assert.False(limit.IsCancellationRequested, "the server kept the link open");
    }

    private string Tls()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllBytes(_folder.At("node.pfx"), certificate.Export(X509ContentType.Pkcs12, "secret"));
        return $$"""
            akka.remote.dot-netty.tcp {
              enable-ssl = true
              ssl.certificate.path = "{{_folder.At("node.pfx")}}"
              ssl.certificate.password = "secret"
              ssl.suppress-validation = true
            }
            """;
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
