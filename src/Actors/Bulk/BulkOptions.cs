using System.Net;

namespace R1Reward.Actors.Bulk;

/// <summary>How a node serves and fetches weights and batches.</summary>
/// <param name="Host">Address to bind.</param>
/// <param name="Port">0: any free port.</param>
/// <param name="Key">Sent and wanted as a bearer token; empty: none.</param>
/// <param name="Cache">Folder for fetched files.</param>
public sealed record BulkOptions(string Host, int Port, string Key, string Cache)
{
    /// <summary>Subfolder of the cache for what processes of this host publish; never cleared by readers.</summary>
    public const string Own = "own";

    /// <summary>Why an address that other machines reach is refused without a key, and what to do.</summary>
    public const string WantsKey = "other machines could read the weights; set r1reward.node.bulk.key-env to an "
        + "environment variable that holds a key, the same on every node, or use certificates (r1reward.node.tls)";

    /// <summary>How long a publisher may say nothing before a fetch counts as broken.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that are asked of one place at a time where a file can be had from several.</summary>
    public long PartBytes { get; init; } = 16 << 20;

    /// <summary>The host that others are told where <see cref="Host"/> is every address of this machine.</summary>
    public string EverywhereAs { get; init; } = Host;

    /// <summary>The host under which other nodes reach the server.</summary>
    public string Reachable =>
        IPAddress.TryParse(Host, out var bound) && (bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any))
            ? EverywhereAs
            : Host;

    /// <summary>Whether only this machine can reach the address.</summary>
    public bool IsLoopback =>
        Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));
}
