using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Actor.Setup;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Tests.Strangers;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>A node looks at whom it calls, too; StrangersTests has those who call it.</summary>
public sealed class NodeTlsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CertificateAuthority _authority =
        CertificateAuthority.Create(TimeProvider.System.GetUtcNow().AddDays(-3));

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("right", true)]
    [InlineData("wrong CA", false)]
    [InlineData("self-signed", false)]
    [InlineData("another host's name", false)]
    [InlineData("expired", false)]
    public async Task A_server_hears_a_node_only_with_a_certificate_of_the_authority_for_its_host(
        string certificate, bool isHeard)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var hearing = HearAsync(listener, certificate, limit.Token);
        var node = new NodeCertificates(
            Stranger.Certificate("right", _authority)!, new PinnedCertificates(_authority.Certificate));
        var system = ActorSystem.Create("r1reward", ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig("""
                akka {
                  loglevel = OFF
                  stdout-loglevel = OFF
                  actor.provider = remote
                  remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = on }
                }
                """),
            NodeTls.Setup(node)));
        try
        {
            system.ActorSelection($"akka.ssl.tcp://r1reward@{listener.LocalEndpoint}/user/proxy").Tell("hello");

            Assert.Equal(isHeard, await hearing);
        }
        finally
        {
            await system.Terminate();
        }
    }

    private async Task<bool> HearAsync(TcpListener listener, string certificate, CancellationToken cancel)
    {
        using var shown = Stranger.Certificate(certificate, _authority);
        using var client = await listener.AcceptTcpClientAsync(cancel);
        await using var stream = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = shown, ClientCertificateRequired = true },
                cancel);
            return await stream.ReadAsync(new byte[1], cancel) > 0;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return false;
        }
    }
}
