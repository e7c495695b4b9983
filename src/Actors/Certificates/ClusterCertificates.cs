using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using R1Reward.Data;

namespace R1Reward.Actors.Certificates;

/// <summary>
/// The folder with the certificates of a cluster: <c>ca.pem</c> and <c>ca.key</c>, and for each host a folder of its
/// name with <c>ca.pem</c> and <c>node.pfx</c>, which is what that host has to have.
/// </summary>
public static class ClusterCertificates
{
    /// <summary>File with the certificate of the authority, as PEM.</summary>
    public const string AuthorityFile = "ca.pem";

    /// <summary>File with the key of the authority, as PEM; no node needs it.</summary>
    public const string AuthorityKeyFile = "ca.key";

    /// <summary>File with certificate and key of a node, as PKCS #12 without a password.</summary>
    public const string NodeFile = "node.pfx";

    /// <summary>
    /// Makes certificates for hosts, signed by the authority of the folder, which is made first where there is none.
    /// What a host had before is replaced. Files with keys can be read by their owner only.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="hosts">Names or IP addresses of the hosts, as the nodes are to be called.</param>
    /// <param name="lifetime">How long the certificates are to hold.</param>
    /// <param name="now">The time from which on they do.</param>
    /// <returns>Until when they hold.</returns>
    /// <exception cref="UserErrorException">
    /// No host, a wrong one or one twice; an authority without its key, or one that holds no longer.
    /// </exception>
    public static DateTimeOffset Write(
        string folder, IReadOnlyList<string> hosts, TimeSpan lifetime, DateTimeOffset now)
    {
        Check(hosts);
        Directory.CreateDirectory(folder);
        using var authority = Authority(folder, now);
        var until = DateTimeOffset.MaxValue;
        foreach (var host in hosts)
        {
            using var certificate = authority.Sign(host, now, lifetime);
            var own = Path.Combine(folder, host);
            Directory.CreateDirectory(own);
            File.WriteAllText(Path.Combine(own, AuthorityFile), Pem(authority));
            PrivateFile.Write(Path.Combine(own, NodeFile), certificate.Export(X509ContentType.Pkcs12));
            until = new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
        }

        return until;
    }

    private static void Check(IReadOnlyList<string> hosts)
    {
        if (hosts.Count == 0)
        {
            throw new UserErrorException("--hosts: name one host at least, for example --hosts node1,node2,10.0.0.3.");
        }

        if (hosts.FirstOrDefault(host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } wrong)
        {
            throw new UserErrorException(
                $"--hosts {wrong}: write host names or IP addresses, without scheme and port, as "
                + "akka.remote.dot-netty.tcp.hostname has them.");
        }

        if (hosts.GroupBy(host => host, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1)
            is { } twice)
        {
            throw new UserErrorException($"--hosts: {twice.Key} is named twice. Name each host once.");
        }
    }

    private static CertificateAuthority Authority(string folder, DateTimeOffset now)
    {
        var (file, keyFile) = (Path.Combine(folder, AuthorityFile), Path.Combine(folder, AuthorityKeyFile));
        if (File.Exists(file) != File.Exists(keyFile))
        {
            var missing = File.Exists(file) ? keyFile : file;
            throw new UserErrorException(
                $"{missing}: no such file, and the other half of the authority is there. Put it back, or name another "
                + "folder for a new authority, whose certificates every node then needs.");
        }

        if (!File.Exists(file))
        {
            var made = CertificateAuthority.Create(now);
            using var key = made.Certificate.GetECDsaPrivateKey()!;
            File.WriteAllText(file, Pem(made));
            PrivateFile.Write(keyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            return made;
        }

        var authority = new CertificateAuthority(Read(file, keyFile));
        return now < authority.Certificate.NotAfter
            ? authority
            : throw new UserErrorException(
                $"{file}: it has held until {authority.Certificate.NotAfter:yyyy-MM-dd}. Name another folder for a new "
                + "authority, whose certificates every node then needs.");
    }

    private static X509Certificate2 Read(string file, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(file, keyFile);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            var reason = wrong.Message.Split('(')[0].Trim().TrimEnd('.');
            throw new UserErrorException($"{keyFile}: {reason}. It has to be the key of {file}, as PEM.", wrong);
        }
    }

    private static string Pem(CertificateAuthority authority) => authority.Certificate.ExportCertificatePem() + "\n";
}
