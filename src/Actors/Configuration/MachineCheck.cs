using System.Net;
using System.Net.Sockets;
using Akka.Actor;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Tries on this machine what a node's configuration asks of it: to listen, to know the seeds, to hold a certificate.
/// </summary>
/// <param name="reader">The configuration; it collects the errors.</param>
internal sealed class MachineCheck(SettingsReader reader)
{
    private const string BulkHost = "r1reward.node.bulk.host";
    private const string BulkPort = "r1reward.node.bulk.port";
    private const string HttpHost = "r1reward.node.http.host";
    private const string HttpPort = "r1reward.node.http.port";

    // As long as a seed that is started together with this node may take until it listens.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Tries all of it; each fault becomes an error of the reader.</summary>
    /// <param name="mayFound">Whether the node may be the first of its cluster.</param>
    /// <param name="time">Measures how long absent seeds are waited for.</param>
    public async Task RunAsync(bool mayFound, TimeProvider time)
    {
        TryListening(AddressCheck.Host, AddressCheck.Port);
        TryListening(BulkHost, BulkPort);
        if (reader.Text(HttpPort) != "off")
        {
            TryListening(HttpHost, HttpPort);
        }

        TryCertificate(time);
        var seeds = Seeds();
        var known = LookUp(seeds);
        RefuseOtherNames(known);
        if (known.Count == seeds.Count && mayFound && int.Parse(AddressCheck.OwnPort(reader)) > 0)
        {
            await RefuseLonelyAsync(seeds, time);
        }
    }

    /// <summary>Tries what a client needs, which speaks to nodes and is none.</summary>
    /// <param name="time">The clock of the certificate's days.</param>
    public void RunForClient(TimeProvider time)
    {
        TryListening(AddressCheck.Host, portKey: null);
        TryCertificate(time);
        LookUp(Seeds());
    }

    private List<Address> Seeds() => [.. reader.List(AddressCheck.Seeds).Select(Address.Parse)];

    private void TryCertificate(TimeProvider time)
    {
        if (AddressCheck.IsEncrypted(reader))
        {
            CertificateCheck.Run(reader, time.GetUtcNow());
        }
    }

    // Without a key any free port is taken.
    private void TryListening(string hostKey, string? portKey)
    {
        var host = reader.Text(hostKey);
        var port = portKey is null ? 0 : reader.Whole(portKey, 0, 65535);
        try
        {
            var addresses = Dns.GetHostAddresses(host.Length > 0 ? host : Dns.GetHostName());
            using var listener = new TcpListener(addresses[0], port) { ExclusiveAddressUse = true };
            listener.Start();
        }
        catch (SocketException error)
        {
            var (key, remedy) = error.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => (
                    hostKey, $"this name cannot be looked up ({error.Message}); write an address of this machine"),
                SocketError.AddressAlreadyInUse => (
                    portKey ?? hostKey,
                    $"another program listens on port {port} of {host}; write a free port, or 0 for any"),
                SocketError.AccessDenied => (
                    portKey ?? hostKey, $"this user may not listen on port {port}; write one above 1023"),
                _ => (hostKey, $"this machine cannot listen on it ({error.Message}); write an address of this machine"),
            };
            reader.Refuse(key, remedy);
        }
    }

    // One seed that is not known may be a machine that is yet to come; none at all is a slip.
    private List<Address> LookUp(IReadOnlyList<Address> seeds)
    {
        var known = seeds.Where(seed => AddressesOf(seed.Host).Count > 0).ToList();
        if (known.Count == 0 && seeds.Count > 0)
        {
            reader.Refuse(
                AddressCheck.Seeds,
                $"{string.Join(", ", seeds.Select(seed => seed.Host).Distinct())} cannot be looked up; "
                + "correct the name, or write an IP address");
        }

        return known;
    }

    private void RefuseOtherNames(IEnumerable<Address> known)
    {
        var own = AddressesOf(AddressCheck.OwnHost(reader));
        var others = known.Where(seed => $"{seed.Port}" == AddressCheck.OwnPort(reader) && !IsSelf(seed)).ToList();
        foreach (var seed in others.Where(seed => AddressesOf(seed.Host).Intersect(own).Any()))
        {
            reader.Refuse(AddressCheck.Seeds, AddressCheck.OtherName($"{seed}", AddressCheck.OwnHost(reader)));
        }
    }

    // A node that may found a cluster and whose seeds are all on this machine, none of them itself, waits in vain if
    // none of them is there either.
    private async Task RefuseLonelyAsync(IReadOnlyList<Address> seeds, TimeProvider time)
    {
        var own = AddressesOf(AddressCheck.OwnHost(reader));
        if (seeds.Count == 0
            || seeds.Any(IsSelf)
            || !seeds.All(seed => AddressesOf(seed.Host).Any(at => own.Contains(at) || IPAddress.IsLoopback(at))))
        {
            return;
        }

        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < Patience; await Task.Delay(Pause, time))
        {
            foreach (var seed in seeds)
            {
                if (await SeedAddress.AnswersAsync(seed, CancellationToken.None))
                {
                    return;
                }
            }
        }

        reader.Refuse(
            AddressCheck.Seeds,
            $"nothing listens there, and this node is {AddressCheck.OwnHost(reader)}:{AddressCheck.OwnPort(reader)}; "
            + "the first node of a cluster has its own address as the first seed");
    }

    private bool IsSelf(Address seed) =>
        seed.Host == AddressCheck.OwnHost(reader) && $"{seed.Port}" == AddressCheck.OwnPort(reader);

    private static IReadOnlyList<IPAddress> AddressesOf(string? host)
    {
        try
        {
            return Dns.GetHostAddresses(host ?? "");
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
