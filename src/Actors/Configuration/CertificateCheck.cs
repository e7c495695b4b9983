using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Opens the certificate of a node that speaks TLS. Akka.NET opens it when the first connection comes, and the node
/// waits for a cluster that cannot answer.
/// </summary>
internal static class CertificateCheck
{
    private const string Section = AddressCheck.Tcp + "ssl.certificate.";
    private const string PathKey = Section + "path";
    private const string ThumbprintKey = Section + "thumbprint";

    /// <summary>Checks that there is a certificate with its private key, valid today.</summary>
    /// <param name="reader">The configuration; it collects the errors.</param>
    /// <param name="now">The time of the check.</param>
    public static void Run(SettingsReader reader, DateTimeOffset now)
    {
        var inStore = AddressCheck.IsOn(reader, Section + "use-thumbprint-over-file");
        var key = inStore ? ThumbprintKey : PathKey;
        using var certificate = inStore ? FromStore(reader) : FromFile(reader);
        if (certificate is null)
        {
            return;
        }

        if (!certificate.HasPrivateKey)
        {
            reader.Refuse(key, "the certificate has no private key; export it together with its key");
        }

        if (now < certificate.NotBefore || now > certificate.NotAfter)
        {
            var (from, to) = (Day(certificate.NotBefore), Day(certificate.NotAfter));
            reader.Refuse(key, $"the certificate holds from {from} to {to}; make a new one");
        }
    }

    private static X509Certificate2? FromFile(SettingsReader reader)
    {
        // Akka.NET starts relative paths at the working folder.
        var path = reader.Text(PathKey);
        if (path.Length == 0 || !File.Exists(path))
        {
            reader.Refuse(PathKey, "there is no such file; name a PKCS #12 file (.pfx) with certificate and key");
            return null;
        }

        try
        {
            return X509CertificateLoader.LoadPkcs12FromFile(path, CertificatePassword.Read(reader));
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            reader.Refuse(
                PathKey,
                $"it cannot be opened ({error.Message.TrimEnd('.')}); name a PKCS #12 file (.pfx) and its password");
            return null;
        }
    }

    private static X509Certificate2? FromStore(SettingsReader reader)
    {
        var location = reader.Text(Section + "store-location") == "local-machine"
            ? StoreLocation.LocalMachine
            : StoreLocation.CurrentUser;
        var thumbprint = reader.Text(ThumbprintKey);
        try
        {
            using var store = new X509Store(reader.Text(Section + "store-name"), location);
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            var found = store.Certificates.Find(X509FindType.FindByThumbprint, thumbprint, validOnly: false);
            if (found.Count > 0)
            {
                return found[0];
            }

            reader.Refuse(ThumbprintKey, "the store has no such certificate; write the thumbprint of one that it has");
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            reader.Refuse(
                Section + "store-name", $"there is no such store ({error.Message.TrimEnd('.')}); write for example My");
        }

        return null;
    }

    private static string Day(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
