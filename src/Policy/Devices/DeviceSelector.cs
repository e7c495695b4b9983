using System.Globalization;
using R1Reward.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Devices;

/// <summary>From the setting <c>device = auto | cpu | cuda:N</c> to a device that is there.</summary>
public static class DeviceSelector
{
    /// <summary>The device of a role; <c>auto</c>: the first GPU, else the CPU; <c>cuda</c>: <c>cuda:0</c>.</summary>
    /// <exception cref="UserErrorException">The setting is unknown, or the GPU it names is not there.</exception>
    public static Device Select(string setting) => Select(setting, Gpus);

    /// <summary>Settings that select each GPU of this machine; where there is none, the CPU.</summary>
    public static IReadOnlyList<string> AllOfHost() => AllOfHost(Gpus);

    internal static IReadOnlyList<string> AllOfHost(int gpus) => gpus == 0
        ? ["cpu"]
        : [.. Enumerable.Range(0, gpus).Select(index => string.Create(CultureInfo.InvariantCulture, $"cuda:{index}"))];

    internal static Device Select(string setting, int gpus)
    {
        switch (setting.Trim().ToLowerInvariant())
        {
            case "auto":
                return gpus > 0 ? new Device(DeviceType.CUDA, 0) : CPU;
            case "cpu":
                return CPU;
            case "cuda":
                return Gpu(0, setting, gpus);
            case var named when named.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(named[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var index):
                return Gpu(index, setting, gpus);
            default:
                throw new UserErrorException($"device \"{setting}\" is not known; use auto, cpu or cuda:N");
        }
    }

    private static int Gpus => cuda.is_available() ? cuda.device_count() : 0;

    private static Device Gpu(int index, string setting, int gpus)
    {
        if (index < gpus)
        {
            return new Device(DeviceType.CUDA, index);
        }

        var present = gpus switch
        {
            0 => "the tensor library sees no GPU",
            1 => "there is cuda:0 only",
            _ => $"there are cuda:0 to cuda:{gpus - 1}",
        };
        throw new UserErrorException(
            $"device \"{setting}\" is not on this machine: {present}; use auto, cpu or one that is there");
    }
}
