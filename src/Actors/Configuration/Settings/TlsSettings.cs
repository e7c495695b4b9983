namespace R1Reward.Actors.Configuration.Settings;

/// <summary>The certificates of a node's actor messages.</summary>
/// <param name="Authority">PEM file of the one authority that is trusted; empty: Akka.NET's own settings hold.</param>
/// <param name="Certificate">PKCS#12 file of this node, with its key.</param>
/// <param name="Password">The password of that file; empty: none.</param>
public sealed record TlsSettings(string Authority, string Certificate, string Password)
{
    private const string AuthorityKey = "r1reward.node.tls.authority";

    /// <summary>Reads the keys under <c>r1reward.node.tls</c>.</summary>
    public static TlsSettings Read(SettingsReader reader)
    {
        var authority = reader.File(AuthorityKey);
        if (authority.Length > 0 && !AddressCheck.IsEncrypted(reader))
        {
            reader.Refuse(
                AuthorityKey, $"certificates are looked at only with {AddressCheck.Tcp}enable-ssl = on");
        }

        var certificate = reader.Text(AddressCheck.Tcp + "ssl.certificate.path");
        return new TlsSettings(authority, certificate, CertificatePassword.Read(reader));
    }
}
