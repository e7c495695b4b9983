using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using R1Reward.Actors.Certificates;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Opens the certificates of a node that speaks TLS, and looks at its own as the other nodes will. Otherwise a wrong
/// one shows when the first connection comes, as a node that waits for a cluster that cannot answer.
/// </summary>
internal static class CertificateCheck
{
    /// <summary>The key that names the PEM file of the one authority whose certificates are admitted.</summary>
    public const string AuthorityKey = "r1reward.node.tls.authority";

    /// <summary>Key of the file with the node's certificate and key.</summary>
    public const string PathKey = AddressCheck.Tcp + "ssl.certificate.path";

    private const string Makes = "`r1reward cluster certs` makes one";

    /// <summary>Checks the authority's certificate, and that the node's own has its key and is good today.</summary>
    /// <param name="reader">The configuration; it collects the errors.</param>
    /// <param name="now">The time of the check.</param>
    public static void Run(SettingsReader reader, DateTimeOffset now)
    {
        using var authority = Open(
            reader, AuthorityKey, "a certificate as PEM", X509CertificateLoader.LoadCertificateFromFile);
        using var own = Open(
            reader,
            PathKey,
            "a PKCS #12 file (.pfx) with certificate and key, its password in r1reward.node.tls.password-file",
            path => X509CertificateLoader.LoadPkcs12FromFile(path, CertificatePassword.Read(reader)));
        if (own is not null && Fault(reader, own, authority, now) is { } fault)
        {
            reader.Refuse(PathKey, fault);
        }
    }

    private static string? Fault(
        SettingsReader reader, X509Certificate2 own, X509Certificate2? authority, DateTimeOffset now)
    {
        if (!own.HasPrivateKey)
        {
            return "the certificate has no private key; export it together with its key";
        }

        if (PrivateFile.IsOpenToOthers(reader.File(PathKey)))
        {
            return $"others may read the key; run `chmod 600 {reader.File(PathKey)}`";
        }

        if (now < own.NotBefore || now > own.NotAfter)
        {
            return $"the certificate holds from {Day(own.NotBefore)} to {Day(own.NotAfter)}; make a new one";
        }

        return authority is not null
            && new PinnedCertificates(authority).Fault(own, AddressCheck.OwnHost(reader)) is { } fault
                ? $"the other nodes would refuse it: {fault.TrimEnd('.')}; {Makes} for this host"
                : null;
    }

    private static X509Certificate2? Open(
        SettingsReader reader, string key, string what, Func<string, X509Certificate2> read)
    {
        var path = reader.File(key);
        if (path.Length == 0 || !RegularFile.Exists(path))
        {
            reader.Refuse(key, $"there is no such file; name {what}; {Makes}");
            return null;
        }

        try
        {
            return read(path);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            reader.Refuse(key, $"it cannot be opened ({error.Message.TrimEnd('.')}); name {what}");
            return null;
        }
    }

    private static string Day(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
