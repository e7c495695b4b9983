using System.Security.Cryptography.X509Certificates;

namespace R1Reward.Actors.Certificates;

/// <summary>What a node shows to others, and what it admits of them.</summary>
/// <param name="Own">Its own certificate with the key.</param>
/// <param name="Pinned">Which certificates of others are admitted.</param>
internal sealed record NodeCertificates(X509Certificate2 Own, PinnedCertificates Pinned);
