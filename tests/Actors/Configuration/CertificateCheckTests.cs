using System.Security.Cryptography.X509Certificates;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Configuration;

/// <summary>A node's certificates are looked at before anything starts, as the other nodes will.</summary>
public sealed class CertificateCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(Now.AddDays(-3));

    public CertificateCheckTests() =>
        File.WriteAllText(_folder.At("ca.pem"), _authority.Certificate.ExportCertificatePem());

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_sound_certificate_with_a_password_or_without_is_accepted()
    {
        Write("open.pfx", "");
        Write("closed.pfx", "secret");
        PrivateFile.Write(_folder.At("password"), "secret\n"u8);

        Assert.Null(await FaultAsync("open.pfx"));
        Assert.Null(await FaultAsync("closed.pfx", $"r1reward.node.tls.password-file={_folder.At("password")}"));
        Assert.Contains("it cannot be opened", await FaultAsync("closed.pfx"));
    }

    [Fact]
    public async Task What_is_no_certificate_or_none_with_a_key_that_is_good_today_is_told()
    {
        File.WriteAllText(_folder.At("text.pfx"), "no certificate");
        Write("bare.pfx", "", signed => X509CertificateLoader.LoadCertificate(signed.RawData));
        Write("old.pfx", "", _ => _authority.Sign("127.0.0.1", Now.AddDays(-2), TimeSpan.FromDays(1)));

        Assert.Contains("there is no such file", await FaultAsync("missing.pfx"));
        Assert.Contains("it cannot be opened", await FaultAsync("text.pfx"));
        Assert.Contains("the certificate has no private key", await FaultAsync("bare.pfx"));
        Assert.Contains("the certificate holds from", await FaultAsync("old.pfx"));
    }

    [Fact]
    public async Task One_that_the_other_nodes_would_refuse_is_told()
    {
        using var other = CertificateAuthority.Create(Now);
        Write("foreign.pfx", "", _ => other.Sign("127.0.0.1", Now, TimeSpan.FromDays(1)));
        Write("elsewhere.pfx", "", _ => _authority.Sign("10.1.2.3", Now, TimeSpan.FromDays(1)));

        Assert.Contains("CN=127.0.0.1 is not of our authority", await FaultAsync("foreign.pfx"));
        Assert.Contains("CN=10.1.2.3 is not a certificate for 127.0.0.1", await FaultAsync("elsewhere.pfx"));
    }

    [Fact]
    public async Task Keys_and_passwords_that_others_can_read_are_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode shared = UnixFileMode.UserRead | UnixFileMode.GroupRead;
        Write("shared.pfx", "");
        Write("closed.pfx", "secret");
        PrivateFile.Write(_folder.At("password"), "secret"u8);
        File.SetUnixFileMode(_folder.At("shared.pfx"), shared);
        File.SetUnixFileMode(_folder.At("password"), shared);

        Assert.Contains($"chmod 600 {_folder.At("shared.pfx")}", await FaultAsync("shared.pfx"));
        Assert.Contains(
            $"chmod 600 {_folder.At("password")}",
            await FaultAsync("closed.pfx", $"r1reward.node.tls.password-file={_folder.At("password")}"));
    }

    [Fact]
    public void Nodes_that_speak_TLS_name_their_authority_and_one_without_TLS_has_no_use_for_it()
    {
        Assert.Contains(
            "r1reward.node.tls.authority = \"\": akka.remote.dot-netty.tcp.enable-ssl = on wants",
            Mistakes("akka.remote.dot-netty.tcp.enable-ssl=on"));
        Assert.Contains(
            "certificates are looked at only with akka.remote.dot-netty.tcp.enable-ssl = on",
            Mistakes("r1reward.node.tls.authority=ca.pem"));
    }

    [Fact]
    public void The_configuration_of_further_processes_names_the_files_where_they_are()
    {
        var file = _folder.Write("node.conf", """
            r1reward.node.tls.authority = "ca.pem"
            akka.remote.dot-netty.tcp { enable-ssl = on, ssl.certificate.path = "node.pfx" }
            """);

        var printed = Configurations.Load(file, [], _ => null).PrintWithAkka();

        Assert.Contains($"authority = \"{_folder.At("ca.pem")}\"", printed);
        Assert.Contains($"\"{_folder.At("node.pfx")}\"", printed);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private void Write(string name, string password, Func<X509Certificate2, X509Certificate2>? change = null)
    {
        using var signed = _authority.Sign("127.0.0.1", Now, TimeSpan.FromDays(1));
        using var written = change?.Invoke(signed) ?? signed;
        PrivateFile.Write(_folder.At(name), written.Export(X509ContentType.Pkcs12, password));
    }

    private static string Mistakes(params string[] set)
    {
        var configuration = Configurations.Load(null, set, _ => null);
        var reader = configuration.Reader();
        NodeSettings.Read(reader, configuration.Config);
        return Assert.Throws<UserErrorException>(reader.ThrowIfWrong).Message;
    }

    private async Task<string?> FaultAsync(string certificate, params string[] more)
    {
        string[] set =
        [
            "akka.remote.dot-netty.tcp.enable-ssl=on",
            $"akka.remote.dot-netty.tcp.ssl.certificate.path={_folder.At(certificate)}",
            $"r1reward.node.tls.authority={_folder.At("ca.pem")}",
            .. more,
        ];
        try
        {
            var reader = Configurations.Load(null, set, _ => null).Reader();
            await NodeSettings.CheckMachineAsync(reader, mayFound: false, TimeProvider.System);
            return null;
        }
        catch (UserErrorException wrong)
        {
            return wrong.Message;
        }
    }
}
