using System.Runtime.InteropServices;
using R1Reward.Data;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>A native library of the system, loaded when it is first needed, by the names of its functions.</summary>
/// <param name="file">Its file name, which the system's loader looks for.</param>
/// <param name="remedy">What a user does who has none, as the end of a sentence.</param>
internal sealed class NativeExports(string file, string remedy)
{
    private readonly Lazy<nint> _handle = new(() => NativeLibrary.TryLoad(file, out var handle) ? handle : 0);

    /// <summary>NVIDIA's collectives for GPUs.</summary>
    internal static NativeExports Nccl { get; } = new(
        "libnccl.so.2", "install NCCL 2.14 or later (libnccl2), name its folder in LD_LIBRARY_PATH");

    /// <summary>The CUDA driver's library, which has one name whatever CUDA toolkit is installed.</summary>
    internal static NativeExports Cuda { get; } = new("libcuda.so.1", "install the driver of the GPU");

    /// <summary>Whether the system has the library.</summary>
    internal bool IsThere => _handle.Value != 0;

    /// <summary>Where in memory an exported function begins; the library is loaded when first asked.</summary>
    /// <exception cref="UserErrorException">There is no such library, or no such function in it.</exception>
    internal nint AddressOf(string function)
    {
        if (IsThere && NativeLibrary.TryGetExport(_handle.Value, function, out var address))
        {
            return address;
        }

        var lack = IsThere ? $"{file} has no {function}" : $"{file} is not among the libraries of this system";
        throw new UserErrorException(
            $"learners cannot exchange by nccl: {lack}. Either {remedy}, or set r1reward.learner.exchange = ring.");
    }
}
