using R1Reward.Data.Traces;

namespace R1Reward.Actors.Protocol;

/// <summary>A file that one node serves to the others.</summary>
/// <param name="Name">File name, unique within its set.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal digest, checked after every transfer.</param>
internal sealed record BlobFile(string Name, long Length, string Sha256);

/// <summary>A set of files served under one address. Inside the serving process it is read in memory instead.</summary>
/// <param name="Name">For example <c>weights-v12-1f0c</c>; unique for its content.</param>
/// <param name="BaseUrl">Where the files are, <c>{BaseUrl}/{file name}</c>.</param>
/// <param name="Files">The files.</param>
internal sealed record BlobReference(string Name, string BaseUrl, IReadOnlyList<BlobFile> Files)
{
    /// <summary>The serving node's cluster address: when it is removed from the cluster, nobody waits for it.</summary>
    public string Node { get; init; } = "";

    /// <summary>Where the same files are as well, for those who cannot have them here.</summary>
    public IReadOnlyList<BlobCopy> Copies { get; init; } = [];

    /// <summary>The set at each of its places, this one first.</summary>
    public IEnumerable<BlobReference> Places() =>
        [this, .. Copies.Select(copy => this with { BaseUrl = copy.BaseUrl, Node = copy.Node, Copies = [] })];
}

/// <summary>Another place where a set of files is served under the same names.</summary>
/// <param name="BaseUrl">Where the files are.</param>
/// <param name="Node">The serving node's cluster address.</param>
internal sealed record BlobCopy(string BaseUrl, string Node);

/// <summary>Weights of one policy version.</summary>
/// <param name="Version">The version.</param>
/// <param name="Blob">A Hugging Face model folder.</param>
internal sealed record WeightsReference(PolicyVersion Version, BlobReference Blob);
