using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;

namespace R1Reward.Actors.Hosting;

/// <summary>A node's certificate and authority, read from their files before anything starts.</summary>
internal static class NodeTls
{
    /// <summary>What the remoting is to use; null where no authority is pinned.</summary>
    /// <exception cref="UserErrorException">A file is missing, cannot be read, or the password is wrong.</exception>
    public static DotNettySslSetup? Read(TlsSettings settings)
    {
        if (settings.Authority.Length == 0)
        {
            return null;
        }

        var pinned = new PinnedCertificates(Load(settings.Authority, "r1reward.node.tls.authority", Pem));
        var own = Load(
            settings.Certificate,
            "akka.remote.dot-netty.tcp.ssl.certificate.path",
            path => X509CertificateLoader.LoadPkcs12FromFile(path, settings.Password));

        // Both sides show a certificate, and each looks at the other's.
        return new DotNettySslSetup(
            own,
            suppressValidation: false,
            requireMutualAuthentication: true,
            validateCertificateHostname: false,
            (certificate, _, peer, _, log) => Admit(pinned.Fault(certificate, peer), peer, log));
    }

    private static bool Admit(string? fault, string peer, ILoggingAdapter log)
    {
        if (fault is not null)
        {
            log.Warning("{0} is refused: {1}", peer, fault);
        }

        return fault is null;
    }

    private static X509Certificate2 Pem(string path) => X509Certificate2.CreateFromPem(File.ReadAllText(path));

    private static X509Certificate2 Load(string path, string key, Func<string, X509Certificate2> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UserErrorException(
                $"{key} = {path}: cannot be read ({wrong.Message.TrimEnd('.')}). The authority is a certificate as "
                + "PEM; the node's own is PKCS#12 with its key, under the password of r1reward.node.tls.password-file.",
                wrong);
        }
    }
}
