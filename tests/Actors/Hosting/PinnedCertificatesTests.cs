using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class PinnedCertificatesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _authority = Authority();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:4053")]
    [InlineData("ssl.tcp://r1reward@127.0.0.1:4053")]
    [InlineData("[::ffff:127.0.0.1]:50123")]
    public void A_certificate_of_the_authority_is_admitted_from_the_host_that_it_names(string peer)
    {
        using var certificate = Signed(_authority, address: "127.0.0.1");

        Assert.Null(new PinnedCertificates(_authority).Fault(certificate, peer));
    }

    [Fact]
    public void A_certificate_that_names_a_host_is_admitted_from_that_host_s_address()
    {
        using var certificate = Signed(_authority, name: "localhost");
        var pinned = new PinnedCertificates(_authority);

        Assert.Null(pinned.Fault(certificate, "localhost:4053"));
        Assert.Null(pinned.Fault(certificate, "127.0.0.1:50123"));
        Assert.Contains("is not a certificate for 10.1.2.3", pinned.Fault(certificate, "10.1.2.3:50123"));
    }

    [Fact]
    public void Those_of_other_authorities_of_nobody_and_of_another_host_are_refused()
    {
        using var other = Authority();
        using var foreign = Signed(other, address: "127.0.0.1");
        using var elsewhere = Signed(_authority, address: "10.1.2.3");
        var pinned = new PinnedCertificates(_authority);

        Assert.Contains("not of our authority", pinned.Fault(foreign, "127.0.0.1:4053"));
        Assert.Contains("not of our authority", pinned.Fault(other, "127.0.0.1:4053"));
        Assert.Contains("is not a certificate for 127.0.0.1", pinned.Fault(elsewhere, "127.0.0.1:4053"));
        Assert.Contains("no certificate", pinned.Fault(null, "127.0.0.1:4053"));
    }

    [Fact]
    public async Task Nodes_of_one_authority_talk_and_one_of_another_or_of_another_host_is_not_heard()
    {
        using var other = Authority();
        await using var one = Node("one", _authority, "127.0.0.1");
        await using var two = Node("two", _authority, "127.0.0.1");
        await using var foreign = Node("foreign", other, "127.0.0.1");
        await using var elsewhere = Node("elsewhere", _authority, "10.1.2.3");
        var echo = one.System.ActorOf(Props.Create(() => new Echo()), "echo");
        var path = ((ExtendedActorSystem)one.System).Provider.DefaultAddress + "/user/echo";

        Assert.NotNull(await two.System.ActorSelection(path).ResolveOne(Patience));
        foreach (var stranger in new[] { foreign, elsewhere })
        {
            await Assert.ThrowsAsync<ActorNotFoundException>(
                () => stranger.System.ActorSelection(path).ResolveOne(TimeSpan.FromSeconds(3)));
        }

        Assert.NotNull(await two.System.ActorSelection(path).ResolveOne(Patience));
    }

    [Fact]
    public void A_password_that_others_can_read_is_refused_and_a_wrong_one_is_one_line()
    {
        File.WriteAllText(_folder.At("password"), "wrong\n");
        SetMode(_folder.At("password"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var error = Assert.Throws<UserErrorException>(() => Settings("one", _authority, "127.0.0.1"));
        Assert.Contains("chmod 600", error.Message);

        SetMode(_folder.At("password"), UnixFileMode.UserRead);
        var settings = Settings("one", _authority, "127.0.0.1");
        var wrong = Assert.Throws<UserErrorException>(() => ClusterClient.Start(settings.Client));
        Assert.Contains("r1reward.node.tls.password-file", wrong.Message);
        Assert.DoesNotContain('\n', wrong.Message);
    }

    private ClusterClient Node(string name, X509Certificate2 authority, string address)
    {
        File.WriteAllText(_folder.At("password"), "secret\n");
        SetMode(_folder.At("password"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return ClusterClient.Start(Settings(name, authority, address).Client);
    }

    private NodeSettings Settings(string name, X509Certificate2 authority, string address)
    {
        using var certificate = Signed(authority, address: address);
        File.WriteAllBytes(_folder.At($"{name}.pfx"), certificate.Export(X509ContentType.Pkcs12, "secret"));
        File.WriteAllText(_folder.At($"{name}-ca.pem"), authority.ExportCertificatePem());
        var configuration = Configurations.Load(
            null,
            [
                "akka.remote.dot-netty.tcp.enable-ssl=on",
                $"akka.remote.dot-netty.tcp.ssl.certificate.path={_folder.At($"{name}.pfx")}",
                $"r1reward.node.tls.authority={_folder.At($"{name}-ca.pem")}",
                $"r1reward.node.tls.password-file={_folder.At("password")}",
            ],
            _ => null);
        var reader = configuration.Reader();
        var settings = NodeSettings.Read(reader, configuration.Config);
        reader.ThrowIfWrong();
        return settings;
    }

    // Windows has other permissions, which are not looked at.
    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static X509Certificate2 Authority()
    {
        using var key = RSA.Create(2048);
        var request = Request("CN=authority", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
    }

    private static X509Certificate2 Signed(X509Certificate2 authority, string? address = null, string? name = null)
    {
        using var key = RSA.Create(2048);
        var request = Request("CN=node", key);
        var names = new SubjectAlternativeNameBuilder();
        if (address is not null)
        {
            names.AddIpAddress(IPAddress.Parse(address));
        }
        else
        {
            names.AddDnsName(name!);
        }

        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, Now.AddHours(-1), Now.AddHours(1), [1, 2, 3, 4]);
        return signed.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Request(string subject, RSA key) =>
        new(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
