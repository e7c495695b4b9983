using R1Reward.Actors.Certificates;

namespace R1Reward.Actors.Tests.Certificates;

public sealed class PinnedCertificatesTests : IDisposable
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(Now.AddDays(-3));

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:4053")]
    [InlineData("ssl.tcp://r1reward@127.0.0.1:4053")]
    [InlineData("[::ffff:127.0.0.1]:50123")]
    public void A_certificate_of_the_authority_is_admitted_from_the_host_that_it_names(string peer)
    {
        using var certificate = _authority.Sign("127.0.0.1", Now, TimeSpan.FromHours(1));

        Assert.Null(Pinned.Fault(certificate, peer));
    }

    [Fact]
    public void A_certificate_that_names_a_host_is_admitted_from_that_host_s_address()
    {
        using var certificate = _authority.Sign("localhost", Now, TimeSpan.FromHours(1));

        Assert.Null(Pinned.Fault(certificate, "localhost:4053"));
        Assert.Null(Pinned.Fault(certificate, "127.0.0.1:50123"));
        Assert.Contains("is not a certificate for 10.1.2.3", Pinned.Fault(certificate, "10.1.2.3:50123"));
    }

    [Fact]
    public void Those_of_other_authorities_of_nobody_and_of_another_host_are_refused()
    {
        using var other = CertificateAuthority.Create(Now);
        using var foreign = other.Sign("127.0.0.1", Now, TimeSpan.FromHours(1));
        using var elsewhere = _authority.Sign("10.1.2.3", Now, TimeSpan.FromHours(1));
        using var old = _authority.Sign("127.0.0.1", Now.AddDays(-2), TimeSpan.FromDays(1));

        Assert.Contains("not of our authority", Pinned.Fault(foreign, "127.0.0.1:4053"));
        Assert.Contains("not of our authority", Pinned.Fault(other.Certificate, "127.0.0.1:4053"));
        Assert.Contains("not of our authority: certificate has expired", Pinned.Fault(old, "127.0.0.1:4053"));
        Assert.Contains("is not a certificate for 127.0.0.1", Pinned.Fault(elsewhere, "127.0.0.1:4053"));
        Assert.Contains("is not a certificate for", Pinned.Fault(_authority.Certificate, "127.0.0.1:4053"));
        Assert.Contains("no certificate", Pinned.Fault(null, "127.0.0.1:4053"));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private PinnedCertificates Pinned => new(_authority.Certificate);
}
