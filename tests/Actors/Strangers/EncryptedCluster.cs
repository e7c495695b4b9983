using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Strangers;

/// <summary>
/// Two nodes in this process that speak TLS, actor messages and weights: one coordinates and learns, the other samples.
/// </summary>
public sealed class EncryptedCluster : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly List<NodeHost> _hosts = [];
    private IActorRef _listener = ActorRefs.Nobody;
    private int _runs;

    /// <summary>Port of the first node's actor messages.</summary>
    public int Port { get; } = FreePort();

    /// <summary>Port of the first node's weights and batches.</summary>
    public int BulkPort { get; } = FreePort();

    /// <summary>The first node's address.</summary>
    public Address Address => Cluster.Get(_hosts[0].System).SelfAddress;

    internal CertificateAuthority Authority { get; } =
        CertificateAuthority.Create(TimeProvider.System.GetUtcNow().AddDays(-3));

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        using var own = Authority.Sign("127.0.0.1", TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1));
        File.WriteAllText(_folder.At("ca.pem"), Authority.Certificate.ExportCertificatePem());
        PrivateFile.Write(_folder.At("node.pfx"), own.Export(X509ContentType.Pkcs12));
        await StartAsync(
            "coordinator,reward,judge,sft,learner",
            $"akka.remote.dot-netty.tcp.port={Port}", "r1reward.node.found=on", $"r1reward.node.bulk.port={BulkPort}");
        await StartAsync("rollout");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(_hosts))
        {
            await host.DisposeAsync();
        }

        Authority.Dispose();
        _folder.Dispose();
    }

    /// <summary>Hears what the first node's engine warns of until the listener is stopped.</summary>
    public void Listen(Action<string> hear)
    {
        _hosts[0].System.Stop(_listener);
        _listener = _hosts[0].System.ActorOf(Props.Create(() => new LogListener(hear)));
    }

    /// <summary>Does a whole run of one update over both nodes.</summary>
    public async Task WorkAsync()
    {
        var name = $"run-{++_runs}";
        var configuration = Configuration("rollout", $"r1reward.run.name={name}");
        var folder = new RunFolder(_folder.At("runs", name));
        var coordinator = _hosts[1].Coordinator;
        var submitted = await coordinator.Ask<RunCommands.Submitted>(
            new RunCommands.Submit(name, configuration.Print()), Patience);
        Assert.Null(submitted.Refusal);
        using var limit = new CancellationTokenSource(2 * Patience);
        RunStatus status;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            status = await coordinator.Ask<RunStatus>(RunCommands.GetStatus.Instance, Patience);
        }
        while (status.Outcome is null);

        Assert.Equal((RunOutcome.Finished, ""), (status.Outcome, status.Message));
        Assert.All(_hosts, host => Assert.Equal(
            [MemberStatus.Up, MemberStatus.Up],
            Cluster.Get(host.System).State.Members.Select(member => member.Status)));
        Assert.All(_hosts, host => Assert.Empty(Cluster.Get(host.System).State.Unreachable));
    }

    private async Task StartAsync(string roles, params string[] more)
    {
        var configuration = Configuration(roles, more);
        var reader = configuration.Reader();
        var settings = NodeSettings.Read(reader, configuration.Config);
        await NodeSettings.CheckMachineAsync(reader, mayFound: false, TimeProvider.System);
        _hosts.Add(await NodeHost.StartAsync(settings, TimeProvider.System, resume: false));
    }

    private EffectiveConfiguration Configuration(string roles, params string[] more) => Configurations.Load(
        null,
        [
            .. TinyRunSettings.For(_folder.At("runs"), steps: 1),
            $"r1reward.node.roles=[{roles}]",
            $"r1reward.node.cache={_folder.At($"cache-{_hosts.Count}")}",
            $"r1reward.node.tls.authority={_folder.At("ca.pem")}",
            $"akka.remote.dot-netty.tcp.ssl.certificate.path={_folder.At("node.pfx")}",
            "akka.remote.dot-netty.tcp.enable-ssl=on",
            $"akka.cluster.seed-nodes=[akka.ssl.tcp://r1reward@127.0.0.1:{Port}]",
            .. more,
        ],
        _ => null);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
