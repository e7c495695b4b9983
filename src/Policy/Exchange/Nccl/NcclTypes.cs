using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange.Nccl;

/// <summary>Numbers of <c>nccl.h</c>: results, reductions, number formats.</summary>
internal static class NcclTypes
{
    internal const int Success = 0;
    internal const int InProgress = 7;

    /// <summary><c>ncclSum</c> among the kinds of reduction.</summary>
    internal const int Sum = 0;

    /// <summary>A number format as <c>ncclDataType_t</c> has it.</summary>
    internal static int Of(ScalarType dtype) => dtype switch
    {
        ScalarType.Float16 => 6,
        ScalarType.Float32 => 7,
        ScalarType.Float64 => 8,
        ScalarType.BFloat16 => 9,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "is no number format of weights"),
    };
}
