using System.Globalization;

namespace R1Reward.Stability;

/// <summary>One run of the map.</summary>
/// <param name="Method">Name of the method; <c>start</c>: the cold start as it is, only evaluated.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="Epochs">Passes over each batch.</param>
/// <param name="Staleness">Updates that a batch's policy is behind.</param>
/// <param name="Consistency">Whether the reward holds the consistency bonus.</param>
/// <param name="Seed">Seed of cold start, scenes and sampling.</param>
internal sealed record Cell(string Method, double Rate, int Epochs, int Staleness, bool Consistency, int Seed)
{
    internal const string Start = "start";

    /// <summary>What tells the cell from all others, also in files.</summary>
    internal string Key => string.Create(
        CultureInfo.InvariantCulture,
        $"{Method},{Rate:g},{Epochs},{Staleness},{(Consistency ? "on" : "off")},{Seed}");

    /// <summary>The settings without method and seed, for people.</summary>
    internal string Conditions => string.Create(
        CultureInfo.InvariantCulture,
        $"rate {Rate:g}, {Epochs} {(Epochs == 1 ? "epoch" : "epochs")}, {Staleness} updates old");
}
