using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Devices;

/// <summary>A device that is on this machine, and the number format of the weights on it.</summary>
/// <param name="Device">Every tensor of the worker is made on this device.</param>
/// <param name="DType">Format of the weights.</param>
public sealed record ComputeDevice(Device Device, ScalarType DType)
{
    /// <summary>Turns settings into a device that is there.</summary>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</param>
    /// <param name="dtype"><c>auto</c>, <c>float32</c>, <c>bfloat16</c> or <c>float16</c>.</param>
    /// <param name="offset">
    /// Number of the worker within its process, so that several workers share the GPUs out: worker 1 under
    /// <c>cuda:2</c> computes on <c>cuda:3</c>. A CPU serves all workers.
    /// </param>
    /// <exception cref="R1Reward.Data.UserErrorException">The device is not there.</exception>
    public static ComputeDevice Select(string device, string dtype, int offset = 0)
    {
        var selected = DeviceSelector.Select(device);
        if (selected.type == DeviceType.CUDA && offset > 0)
        {
            var index = Math.Max(0, selected.index) + offset;
            selected = DeviceSelector.Select(string.Create(CultureInfo.InvariantCulture, $"cuda:{index}"));
        }

        return new ComputeDevice(selected, DtypeProbe.Select(dtype, selected));
    }
}
