using R1Reward.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>By which way a rank exchanges the tensors of its device with others, one ring after the other.</summary>
/// <param name="kind">What is asked for, the same on all ranks.</param>
/// <param name="device">Where this rank's tensors are.</param>
/// <param name="patience">How long an exchange may take; another rank may still be computing.</param>
public sealed class GpuExchange(ExchangeKind kind, Device device, TimeSpan patience) : IDisposable
{
    // Of a rank that cannot exchange by NCCL.
    private const double None = -1;

    private NcclGroup? _group;

    /// <summary>
    /// The ranks of a ring, which exchange by NCCL where it is asked for, or can be; each of them calls it. Ranks that
    /// were together before in the same order are connected already.
    /// </summary>
    /// <param name="ring">The ring; disposed of with what is returned, and where this fails.</param>
    /// <exception cref="UserErrorException">
    /// NCCL is asked for and cannot be; the message says what is missing.
    /// </exception>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    public ICollective Over(ICollective ring)
    {
        try
        {
            if (kind == ExchangeKind.Ring || !CanAll(ring))
            {
                return ring;
            }

            _group ??= new NcclGroup(device, new NcclApi(NativeExports.Nccl.AddressOf), Cuda());
        }
        catch
        {
            ring.Dispose();
            throw;
        }

        return new NcclCollective(ring, _group, patience);
    }

    /// <summary>Ends what ranks were connected by, once nothing is exchanged any more.</summary>
    public void Dispose() => _group?.Dispose();

    /// <summary>Whether each rank has a GPU that no other one has.</summary>
    /// <param name="gpus">Which GPU each rank has, by rank.</param>
    /// <param name="isAskedFor">Whether it is an error that not.</param>
    internal static bool AreApart(double[] gpus, bool isAskedFor)
    {
        var without = Array.IndexOf(gpus, None);
        var twice = Array.FindIndex(gpus, gpu => gpus.Count(other => other == gpu) > 1);
        if (isAskedFor && (without >= 0 || twice >= 0))
        {
            throw new UserErrorException(
                "r1reward.learner.exchange = nccl needs a GPU for each learner alone: learner rank "
                + (without >= 0 ? $"{without} computes on a CPU" : $"{twice} shares its GPU with another one")
                + ". Give each a GPU of its own (r1reward.learner.devices), or set exchange = ring.");
        }

        return without < 0 && twice < 0;
    }

    private static CudaApi Cuda() => new(NativeExports.Cuda.AddressOf);

    private bool CanAll(ICollective ring)
    {
        var can = device.type == DeviceType.CUDA && (kind == ExchangeKind.Nccl || NativeExports.Nccl.IsThere);
        var own = can ? GpuId.Of(Cuda(), Math.Max(0, device.index)) : None;
        return AreApart([.. ring.Gather([own]).Select(one => one[0])], kind == ExchangeKind.Nccl);
    }
}
