using R1Reward.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Devices;

/// <summary>
/// From the setting <c>dtype = auto | float32 | bfloat16 | float16</c> to a number format: <c>auto</c> is bfloat16 on a
/// GPU and float32 on a CPU.
/// </summary>
/// <remarks>
/// In float32 a checkpoint gives the same tokens on every processor. On CPUs with bfloat16 instructions a training step
/// takes about half the time in bfloat16, and memory grows for some hundred updates before it levels off
/// (docs/benchmarks.md).
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
