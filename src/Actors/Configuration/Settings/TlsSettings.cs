using System.Security.Cryptography.X509Certificates;
using R1Reward.Actors.Certificates;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>The certificates of a node that speaks TLS: for actor messages, and for weights and batches.</summary>
/// <param name="authority">PEM file of the one authority that is trusted.</param>
/// <param name="certificate">PKCS #12 file of this node, with its key.</param>
/// <param name="password">The password of that file; empty: none.</param>
public sealed class TlsSettings(string authority, string certificate, string password)
{
    /// <summary>Reads the keys under <c>r1reward.node.tls</c>; null where nodes speak plain text.</summary>
    public static TlsSettings? Read(SettingsReader reader)
    {
        var authority = reader.File(CertificateCheck.AuthorityKey);
        if (!AddressCheck.IsEncrypted(reader))
        {
            string[] useless = [CertificateCheck.AuthorityKey, CertificatePassword.FileKey];
            foreach (var key in useless.Where(key => reader.Text(key).Length > 0))
            {
                reader.Refuse(key, $"certificates are looked at only with {AddressCheck.Tcp}enable-ssl = on");
            }

            return null;
        }

        if (authority.Length == 0)
        {
            reader.Refuse(
                CertificateCheck.AuthorityKey,
                $"{AddressCheck.Tcp}enable-ssl = on wants the PEM file of the authority whose certificates are "
                + "admitted; `r1reward cluster certs` makes one");
        }

        return new TlsSettings(authority, reader.File(CertificateCheck.PathKey), CertificatePassword.Read(reader));
    }

    /// <summary>Reads the files, which were checked before.</summary>
    internal NodeCertificates Load() => new(
        X509CertificateLoader.LoadPkcs12FromFile(certificate, password),
        new PinnedCertificates(X509CertificateLoader.LoadCertificateFromFile(authority)));
}
