using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Processes;

/// <summary>Processes with the certificates that <c>cluster certs</c> makes.</summary>
public sealed class EncryptedRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Three_processes_speak_TLS_alone_and_complete_a_run()
    {
        var certs = await CertsAsync("certs");
        using var run = ProgramRun.Quickstart(_folder.Path, steps: 2, processes: 3, Patience, Tls(certs));

        var ended = await run.EndAsync();

        Assert.Equal((ExitCode.Done, ""), (ended.ExitCode, ended.Error));
        Assert.Equal([1, 2], run.Updates().Select(update => update.Step));
        var weights = run.Journal()
            .Select(entry => (string?)entry.SelectToken("Weights.Blob.BaseUrl"))
            .OfType<string>();
        Assert.NotEmpty(weights);
        Assert.All(weights, address => Assert.StartsWith("https://127.0.0.1:", address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_authority_that_the_operating_system_trusts_is_none_of_the_cluster_s()
    {
        var (ours, trusted) = (await CertsAsync("ours"), await CertsAsync("trusted"));
        var (port, bulk) = (ProgramRun.FreePort(), ProgramRun.FreePort());
        using var node = ProgramRun.StartTrusting(
            Path.Combine(trusted, "ca.pem"),
            new RunFolder(_folder.Path),
            Patience,
            [
                "node", "--config", Path.Combine("hocon", "quickstart.conf"),
                "--set", $"r1reward.run.folder={_folder.Path}",
                "--set", $"akka.remote.dot-netty.tcp.port={port}", "--set", $"r1reward.node.bulk.port={bulk}",
                .. Tls(ours),
            ]);
        await node.LoggedAsync(Path.Combine(_folder.Path, "nodes"), "with roles");

        Assert.False(await AdmitsAsync(port, trusted));
        Assert.False(await AdmitsAsync(bulk, trusted));
        Assert.True(await AdmitsAsync(bulk, ours));
        node.Signal("TERM");
        Assert.Equal(ExitCode.Done, (await node.EndAsync()).ExitCode);
    }

    private async Task<string> CertsAsync(string name)
    {
        var made = await Invocation.RunAsync("cluster", "certs", "--out", _folder.At(name), "--hosts", "127.0.0.1");
        Assert.Equal(0, made.ExitCode);
        return _folder.At(name, "127.0.0.1");
    }

    private static string[] Tls(string certs) =>
    [
        "--set", "akka.remote.dot-netty.tcp.enable-ssl=on",
        "--set", $"akka.remote.dot-netty.tcp.ssl.certificate.path={Path.Combine(certs, "node.pfx")}",
        "--set", $"r1reward.node.tls.authority={Path.Combine(certs, "ca.pem")}",
    ];

    // Whether a caller with these certificates gets an answer; what it asks for is not there.
    private static async Task<bool> AdmitsAsync(int port, string certs)
    {
        using var shown = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(certs, "node.pfx"), "");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
        await using var stream = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "127.0.0.1",
                    ClientCertificateContext = SslStreamCertificateContext.Create(shown, null, offline: true),
                },
                limit.Token);
            await stream.WriteAsync("GET /blobs/none/none HTTP/1.1\r\nHost: node\r\n\r\n"u8.ToArray(), limit.Token);
            return await stream.ReadAsync(new byte[1], limit.Token) > 0;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return false;
        }
    }
}
