using Newtonsoft.Json.Linq;

namespace R1Reward.Cli.Measuring;

/// <summary>What was measured at one shape.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="TokensPerSecond">Ours.</param>
/// <param name="Invariant">Ours with a batch-invariant model; null where that was not asked for.</param>
/// <param name="PeakMib">Peak of resident memory; null where the system does not say.</param>
/// <param name="Peer">The peer's figures; null where it did not run.</param>
/// <param name="PeerMissing">Why it did not run.</param>
internal sealed record BenchRow(
    BenchShape Shape,
    double TokensPerSecond,
    double? Invariant,
    double? PeakMib,
    JObject? Peer,
    string? PeerMissing)
{
    /// <summary>The peer's tokens per second.</summary>
    public double? PeerTokensPerSecond => (double?)Peer?["tokens_per_s"];

    /// <summary>Share of the speed that a batch-invariant model takes.</summary>
    public double? InvariantCost => 1 - (Invariant / TokensPerSecond);

    /// <summary>Share of what the machine allows at most; measured after all rows.</summary>
    public double OfLimit { get; init; }

    /// <summary>The row as <c>--json</c> prints it.</summary>
    public JObject ToJson(string dtype, string rate) => new()
    {
        ["shape"] = Shape.Name,
        ["dtype"] = dtype,
        [rate] = TokensPerSecond,
        ["of_roofline"] = OfLimit,
        ["peak_mib"] = PeakMib,
        ["batch_invariant"] = Invariant is null ? null : new JObject { [rate] = Invariant, ["cost"] = InvariantCost },
        ["peer"] = Peer is null
            ? new JObject { ["missing"] = PeerMissing }
            : new JObject
            {
                [rate] = PeerTokensPerSecond,
                ["peak_mib"] = Peer["peak_mib"],
                ["torch"] = Peer["torch"],
                ["ratio"] = TokensPerSecond / PeerTokensPerSecond,
            },
    };
}
