using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace R1Reward.Actors.Certificates;

/// <summary>The authority of one cluster: it signs the certificates of its nodes, and no further authorities.</summary>
/// <param name="certificate">Its certificate with the key.</param>
internal sealed class CertificateAuthority(X509Certificate2 certificate) : IDisposable
{
    private const int SerialBytes = 16;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    // Clocks of hosts differ: what is made now holds on a host that is behind, too.
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    /// <summary>Its certificate, which every node has to have.</summary>
    public X509Certificate2 Certificate => certificate;

    /// <summary>Makes an authority with a new key, for ten years.</summary>
    public static CertificateAuthority Create(DateTimeOffset now)
    {
        using var key = NewKey();
        var request = Request($"CN=R1Reward cluster {RandomNumberGenerator.GetHexString(8, lowercase: true)}", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return new CertificateAuthority(request.CreateSelfSigned(now - Skew, now + Lifetime));
    }

    /// <summary>A node's certificate with its key, which no longer holds than the authority's own.</summary>
    /// <param name="host">The name or the IP address of the node, which the certificate is good for.</param>
    /// <param name="now">The time from which on it holds.</param>
    /// <param name="lifetime">How long it is to hold.</param>
    public X509Certificate2 Sign(string host, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = NewKey();
        var request = Request($"CN={host}", key);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));

        // A node calls others and is called: server and client authentication.
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        var end = new DateTimeOffset(certificate.NotAfter) is var last && last < now + lifetime ? last : now + lifetime;
        using var signed = request.Create(certificate, now - Skew, end, RandomNumberGenerator.GetBytes(SerialBytes));
        return signed.CopyWithPrivateKey(key);
    }

    /// <inheritdoc/>
    public void Dispose() => certificate.Dispose();

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CertificateRequest Request(string subject, ECDsa key) => new(subject, key, HashAlgorithmName.SHA256);
}
