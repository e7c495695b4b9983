using System.Net;

namespace R1Reward.Data.Media.Fetching;

/// <summary>
/// Which machines a program that follows addresses of strangers may ask (IANA's registries of special-purpose
/// addresses, RFC 6890).
/// </summary>
internal static class AddressRules
{
    // Nobody's pictures: this host, link-local (clouds answer with keys there), multicast, reserved, Azure's own.
    private static readonly IPNetwork[] _never =
    [
        .. new[]
        {
            "0.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.0/24", "224.0.0.0/4",
            "240.0.0.0/4", "::/128", "fe80::/10", "fd00:ec2::/32", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork[] _private =
    [
        .. new[]
        {
            "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "::1/128", "fc00::/7", "fec0::/10",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private static readonly IPNetwork _globalSix = IPNetwork.Parse("2000::/3");

    // Tunnels and translations carry an IPv4 address inside, documentation belongs to nobody.
    private static readonly IPNetwork[] _special =
    [
        .. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Whether an address may be asked.</summary>
    /// <param name="address">An address that a name was resolved to.</param>
    /// <param name="allowPrivate">Whether private networks and this machine may be asked.</param>
    public static bool Allow(IPAddress address, bool allowPrivate)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (_never.Any(network => network.Contains(plain)))
        {
            return false;
        }

        if (_private.Any(network => network.Contains(plain)))
        {
            return allowPrivate;
        }

        return plain.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            || (_globalSix.Contains(plain) && !_special.Any(network => network.Contains(plain)));
    }
}
