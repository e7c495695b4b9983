using System.Buffers.Binary;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>Tells GPUs apart, on whichever host and by whatever number a process knows them.</summary>
internal static unsafe class GpuId
{
    /// <summary>As much of a GPU's UUID as a number holds exactly; never negative.</summary>
    /// <param name="cuda">The driver.</param>
    /// <param name="index">Which of the GPUs that this process sees.</param>
    internal static double Of(CudaApi cuda, int index)
    {
        int device;
        Span<byte> id = stackalloc byte[16];
        CudaApi.Check(cuda.Init(0), "the start of the CUDA driver");
        CudaApi.Check(cuda.DeviceGet(&device, index), $"the choice of GPU {index}");
        fixed (byte* bytes = id)
        {
            CudaApi.Check(cuda.DeviceGetUuid(bytes, device), "the name of a GPU");
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(id) >> 11;
    }
}
