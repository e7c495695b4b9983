using System.Runtime.InteropServices;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>
/// NCCL's <c>ncclConfig_t</c> as it was in 2.14, which later versions take, too: they go by <see cref="Version"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NcclConfig
{
    private const int Undefined = int.MinValue;

    internal nuint Size;
    internal uint Magic;
    internal uint Version;
    internal int Blocking;

    // Padding then, the size of thread clusters since.
    internal int ClusterSize;

    /// <summary>No call waits for other ranks; what is under way is asked for.</summary>
    internal static NcclConfig NonBlocking => new()
    {
        Size = (nuint)Marshal.SizeOf<NcclConfig>(),
        Magic = 0xcafebeef,
        Version = 21400,
        Blocking = 0,
        ClusterSize = Undefined,
    };
}
