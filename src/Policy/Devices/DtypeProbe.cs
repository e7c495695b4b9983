using R1Reward.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Devices;

/// <summary>
/// From the setting <c>dtype = auto | float32 | bfloat16 | float16</c> to a number format: <c>auto</c> is bfloat16 on a
/// GPU and float32 on a CPU.
/// </summary>
/// <remarks>
/// On CPUs with bfloat16 instructions a training step takes half the time in bfloat16 (docs/benchmarks.md), but two of
/// seven long runs ended in an assertion inside libtorch 2.10 that names no reason, and memory grows with every shape
/// that is met. So nobody gets bfloat16 on a CPU who has not asked for it.
/// </remarks>
public static class DtypeProbe
{
    /// <summary>The format that a role computes in on a device.</summary>
    /// <exception cref="UserErrorException">The setting is unknown, or wants a GPU.</exception>
    public static ScalarType Select(string setting, Device device) => setting.Trim().ToLowerInvariant() switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" when device.type == DeviceType.CPU => throw new UserErrorException(
            "dtype \"float16\" wants a GPU; on a CPU use float32"),
        "float16" => ScalarType.Float16,
        "auto" => device.type == DeviceType.CPU ? ScalarType.Float32 : ScalarType.BFloat16,
        _ => throw new UserErrorException($"dtype \"{setting}\" is not known; use auto, float32, bfloat16 or float16"),
    };
}
