using System.Security.Cryptography.X509Certificates;
using R1Reward.Actors.Certificates;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Certificates;

public sealed class ClusterCertificatesTests : IDisposable
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_host_gets_a_certificate_that_the_others_admit_and_keys_are_readable_by_their_owner_only()
    {
        var until = ClusterCertificates.Write(_folder.At("certs"), ["node1", "10.0.0.2"], Year, Now);

        Assert.InRange(until, Now + Year - TimeSpan.FromMinutes(1), Now + Year);
        Assert.Null(Fault("node1", "ssl.tcp://r1reward@node1:4053"));
        Assert.Null(Fault("10.0.0.2", "10.0.0.2:50001"));
        Assert.Contains("is not a certificate for 10.0.0.2", Fault("node1", "10.0.0.2:50001"));
        string[] keys = [Path.Combine("node1", "node.pfx"), Path.Combine("10.0.0.2", "node.pfx"), "ca.key"];
        Assert.All(keys, file => Assert.False(PrivateFile.IsOpenToOthers(_folder.At("certs", file))));
        Assert.Equal(!OperatingSystem.IsWindows(), PrivateFile.IsOpenToOthers(_folder.At("certs", "ca.pem")));
    }

    [Fact]
    public void The_authority_of_a_folder_signs_later_hosts_too_and_replaces_what_a_host_had()
    {
        ClusterCertificates.Write(_folder.Path, ["node1", "node2"], Year, Now);
        var (first, second) = (Read("node1"), Read("node2"));

        ClusterCertificates.Write(_folder.Path, ["node2", "node3"], Year, Now);

        Assert.Equal(first.SerialNumber, Read("node1").SerialNumber);
        Assert.NotEqual(second.SerialNumber, Read("node2").SerialNumber);
        Assert.Null(Fault("node1", "node1:1"));
        Assert.Null(Fault("node2", "node2:1"));
        Assert.Null(Fault("node3", "node3:1"));
    }

    [Fact]
    public void No_certificate_holds_longer_than_its_authority()
    {
        var until = ClusterCertificates.Write(_folder.Path, ["node1"], TimeSpan.FromDays(100_000), Now);

        Assert.Equal(Authority.NotAfter.ToUniversalTime(), until.UtcDateTime);
        var late = Assert.Throws<UserErrorException>(
            () => ClusterCertificates.Write(_folder.Path, ["node1"], Year, until.AddDays(1)));
        Assert.Contains("Name another folder", late.Message);
    }

    [Theory]
    [InlineData("", "name one host at least")]
    [InlineData("http://node1", "--hosts http://node1: write host names or IP addresses")]
    [InlineData("node1:4053", "--hosts node1:4053: write host names or IP addresses")]
    [InlineData("../node1", "--hosts ../node1: write host names or IP addresses")]
    [InlineData("node1,Node1", "node1 is named twice")]
    public void A_wrong_list_of_hosts_is_told_and_nothing_is_written(string hosts, string expected)
    {
        string[] names = hosts.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var wrong = Assert.Throws<UserErrorException>(
            () => ClusterCertificates.Write(_folder.At("certs"), names, Year, Now));

        Assert.Contains(expected, wrong.Message);
        Assert.False(Directory.Exists(_folder.At("certs")));
    }

    [Fact]
    public void An_authority_without_its_key_and_one_with_another_s_are_told()
    {
        ClusterCertificates.Write(_folder.At("one"), ["node1"], Year, Now);
        ClusterCertificates.Write(_folder.At("two"), ["node1"], Year, Now);
        File.Copy(_folder.At("two", "ca.key"), _folder.At("one", "ca.key"), overwrite: true);
        File.Delete(_folder.At("two", "ca.key"));

        Assert.Contains(
            "It has to be the key of",
            Assert.Throws<UserErrorException>(
                () => ClusterCertificates.Write(_folder.At("one"), ["node2"], Year, Now)).Message);
        Assert.Contains(
            "the other half of the authority is there",
            Assert.Throws<UserErrorException>(
                () => ClusterCertificates.Write(_folder.At("two"), ["node2"], Year, Now)).Message);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private X509Certificate2 Authority =>
        X509CertificateLoader.LoadCertificateFromFile(Directory.GetFiles(_folder.Path, "ca.pem", new EnumerationOptions
        {
            RecurseSubdirectories = true,
        })[0]);

    private X509Certificate2 Read(string host) => X509CertificateLoader.LoadPkcs12FromFile(
        Directory.GetFiles(_folder.Path, "node.pfx", SearchOption.AllDirectories)
            .First(file => Path.GetFileName(Path.GetDirectoryName(file)) == host),
        "");

    private string? Fault(string host, string peer) => new PinnedCertificates(Authority).Fault(Read(host), peer);
}
