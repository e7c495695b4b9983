using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace R1Reward.Actors.Certificates;

/// <summary>
/// Which certificates of other nodes are admitted, in both directions: those that our authority has signed, for the
/// host that they come from. The operating system's authorities do not count.
/// </summary>
/// <param name="authority">The certificate of our authority.</param>
internal sealed class PinnedCertificates(X509Certificate2 authority)
{
    /// <summary>
    /// What a chain of certificates is held against. Nothing is fetched on the way: a stranger's certificate could name
    /// any address for that.
    /// </summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    /// <summary>Why a certificate is refused; null where it is admitted.</summary>
    /// <param name="shown">What the other side shows.</param>
    /// <param name="peer">The other side: a host that was called, or the address of one that calls.</param>
    public string? Fault(X509Certificate? shown, string peer)
    {
        if (shown is not X509Certificate2 certificate)
        {
            return "it shows no certificate";
        }

        using var chain = new X509Chain { ChainPolicy = Policy() };
        if (!chain.Build(certificate))
        {
            var reasons = chain.ChainStatus.Select(status => status.StatusInformation.Trim());
            return $"{certificate.Subject} is not of our authority: {string.Join(' ', reasons)}";
        }

        var host = HostOf(peer);
        return certificate.MatchesHostname(host, allowWildcards: false, allowCommonName: false)
            || (IPAddress.TryParse(host, out var address) && NamesAt(certificate, address))
                ? null
                : $"{certificate.Subject} is not a certificate for {host}";
    }

    // A node that is called is given as ssl.tcp://system@host:port, one that calls as [address]:port.
    private static string HostOf(string peer)
    {
        peer = peer[(peer.IndexOf('@') + 1)..];
        var host = IPEndPoint.TryParse(peer, out var point) ? point.Address.ToString() : peer.Split(':')[0];
        return IPAddress.TryParse(host, out var address) && address.IsIPv4MappedToIPv6
            ? address.MapToIPv4().ToString()
            : host;
    }

    // Who calls is known by its address only; a certificate may name its host instead.
    private static bool NamesAt(X509Certificate2 certificate, IPAddress address) => certificate.Extensions
        .OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(names => names.EnumerateDnsNames())
        .Any(name => AddressesOf(name).Contains(address));

    private static IPAddress[] AddressesOf(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
